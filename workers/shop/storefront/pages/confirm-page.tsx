/** Where the link of a message leads: a look at the order and two buttons. Opening it answers nothing. */
import type { Confirmation } from '../confirm.ts'
import { confirmPath, orderPath } from '../paths.ts'
import { money, moment } from '../words.ts'
import { page } from './frame.tsx'

/** The page. */
export function confirmPage(token: string, { order, expiresMs, answer }: Confirmation, nowMs: number) {
  const { judgement } = order
  const isOpen = answer === null && order.status === 'placed' && expiresMs > nowMs
  return page({
    title: 'Was it you?',
    customerId: order.customer_id,
    children: (
      <div class="door">
        <h1>Was it you?</h1>
        <p class="lead">
          An order of {money(order.total_cents, order.currency)}, placed on {moment(order.placed_ms)}.
        </p>
        <ul class="bullets">
          {judgement.reasons.map(({ because }) => (
            <li>{because}</li>
          ))}
        </ul>
        {isOpen ? (
          <form method="post" action={confirmPath(token)} class="row">
            {judgement.outcome === 'step_up' && (
              <button type="submit" name="answer" value="me">
                It was me
              </button>
            )}
            <button type="submit" name="answer" value="not_me" class="danger">
              It was not me
            </button>
          </form>
        ) : (
          <p>
            This link works no more:{' '}
            {answer === null && order.status === 'placed' ? 'it has expired' : `the order is ${order.status}`}
            .
          </p>
        )}
        <p class="quiet">
          Your answer counts for this order only, once. <a href={orderPath(order.order_id)}>See the order</a>
        </p>
      </div>
    ),
  })
}
