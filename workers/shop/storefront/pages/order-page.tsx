/** An order: what was decided, why, and how long it took until the flag knew of it. */
import type { Order } from '../order.ts'
import { customerPath, inboxPath } from '../paths.ts'
import { measured, moment, money } from '../words.ts'
import { FlagCard } from './flag-card.tsx'
import { page } from './frame.tsx'
import { Badge, standing } from './order-words.tsx'

/** The page. */
export function orderPage(order: Order, catalog: string, nowMs: number) {
  const { judgement, customer_id } = order
  const { reasons, points, rule, policy } = judgement
  const { title, kind } = standing(order)
  return page({
    title,
    customerId: customer_id,
    children: (
      <>
        <p class="eyebrow">
          Order <code>{order.order_id}</code> · {moment(order.placed_ms)}
        </p>
        <h1>
          {money(order.total_cents, order.currency)} <Badge order={order} />
        </h1>
        <p class="lead">
          {nextWords[kind]}{' '}
          {kind === 'waits' || kind === 'held' ? <a href={inboxPath(customer_id)}>Open your inbox</a> : null}
        </p>
        <div class="columns">
          <div>
            <section class="card" aria-labelledby="why">
              <h2 id="why">Why</h2>
              <p>{rule}</p>
              {reasons.length === 0 ? (
                <p class="quiet">Nothing about this basket was unusual.</p>
              ) : (
                <ul class="reasons">
                  {reasons.map(({ code, points: weight, because, from }) => (
                    <li>
                      <p>{because}</p>
                      <p class="weight">
                        <meter min="0" max="500" value={String(weight)} aria-label={`${weight} points`} />
                        <span>{weight} points</span> <code>{code}</code>
                        {from === 'record' && <span class="quiet">from the flag</span>}
                      </p>
                    </li>
                  ))}
                </ul>
              )}
              <p class="quiet">
                {points} points in all, decided by the rules for <strong>{policy}</strong>.
              </p>
            </section>
            <Loop order={order} nowMs={nowMs} />
          </div>
          <div>
            <FlagCard title="The flag at this checkout" flag={judgement.flag} catalog={catalog} />
            <p>
              <a href={customerPath(customer_id)}>Back to the shop</a>
            </p>
          </div>
        </div>
      </>
    ),
  })
}

const nextWords = {
  good: 'Thank you. It is on its way.',
  waits: 'Something about it is unusual, so we asked you first. The message is in your inbox.',
  held: 'More than one thing about it is unusual, so a person looks at it before anything is charged.',
  gone: 'Nothing is charged and nothing is sent.',
} as const

function Loop({ order, nowMs }: { order: Order; nowMs: number }) {
  const { placed_ms, covered_epoch_ms, covered_seen_ms } = order
  return (
    <section class="card loop" aria-labelledby="loop">
      <h2 id="loop">From this order to the published flag</h2>
      {covered_epoch_ms === null || covered_seen_ms === null ? (
        <>
          <p class="big">{measured(Math.max(0, nowMs - placed_ms))} so far</p>
          <p class="quiet">
            The order is on its way: outbox, queue, purchase.orders, risk.fraud, a signed flag in KV. The page
            looks again every five seconds.
          </p>
        </>
      ) : (
        <>
          <p class="big">{measured(Math.max(0, covered_epoch_ms - placed_ms))}</p>
          <p class="quiet">
            until a flag was signed whose data are complete up to this order; this shop first read one after{' '}
            {measured(Math.max(0, covered_seen_ms - placed_ms))}.
          </p>
        </>
      )}
    </section>
  )
}
