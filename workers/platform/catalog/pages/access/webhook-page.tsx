/** The page of one webhook: where it is, what was delivered, and how it ends. */
import type { Webhook } from '../../notices/webhook-store.ts'
import type { Delivery } from '../../notices/webhooks.ts'
import type { Session } from '../../people/sessions.ts'
import { Fact, Section, Table } from '../fact.tsx'
import { formatTime } from '../format.ts'
import { page } from '../page.tsx'
import { Outcome } from './acting.tsx'
import { ActForm, MistakeList, type Filled } from './form-parts.tsx'

/** The page. */
export function webhookPage({
  webhook,
  session,
  filled,
  done,
}: {
  webhook: Webhook & { readonly deliveries: readonly Delivery[] }
  session: Session
  filled: Filled
  done: string | undefined
}) {
  const children = (
    <article class="access">
      <p class="crumbs">
        <a href="/access">Access</a> / <a href="/webhooks">Webhooks</a>
      </p>
      <Outcome done={done} />
      <div class="title-row">
        <h1>Webhook of {webhook.owner}</h1>
        <WebhookState webhook={webhook} />
      </div>
      <MistakeList mistakes={filled.mistakes} />
      <dl class="facts">
        <Fact name="Address">{webhook.url}</Fact>
        <Fact name="Id">
          <code>{webhook.id}</code>
        </Fact>
        <Fact name="Made">{formatTime(webhook.created_at)}</Fact>
      </dl>
      <Section id="deliveries" title="What was delivered">
        <Deliveries webhook={webhook} session={session} />
      </Section>
      {webhook.ended_at === null && (
        <Section id="end" title="End it">
          <ActForm session={session} act="end_webhook">
            <p class="hint">Nothing more is sent there. For another address add another webhook first.</p>
            <div class="actions">
              <button type="submit" class="danger">
                End the webhook
              </button>
            </div>
          </ActForm>
        </Section>
      )}
    </article>
  )
  return page({ title: `Webhook of ${webhook.owner}`, twins: `/webhooks/${webhook.id}`, session, children })
}

function Deliveries({
  webhook,
  session,
}: {
  webhook: Webhook & { readonly deliveries: readonly Delivery[] }
  session: Session
}) {
  if (webhook.deliveries.length === 0)
    return <p class="empty">Nothing has happened yet that it would be told.</p>
  return (
    <Table label="Deliveries" columns={['Message', 'When', 'State', 'Tried', 'Last answer', 'Again']}>
      {webhook.deliveries.map((delivery) => (
        <tr>
          <th scope="row">
            {delivery.type}
            <span class="marks">
              <code>{delivery.notice}</code>
            </span>
          </th>
          <td>{formatTime(delivery.at)}</td>
          <td>
            <span class={`state ${delivery.state === 'delivered' ? 'holds' : delivery.state}`}>
              {delivery.state}
            </span>
          </td>
          <td>{delivery.attempts}</td>
          <td class="said">{answerWords(delivery)}</td>
          <td>
            {delivery.state !== 'delivered' && webhook.ended_at === null && (
              <ActForm session={session} act="retry" label={`Send ${delivery.notice} again`}>
                <input type="hidden" name="notice" value={delivery.notice} />
                <button type="submit" class="plain">
                  Send again<span class="hidden">: {delivery.notice}</span>
                </button>
              </ActForm>
            )}
          </td>
        </tr>
      ))}
    </Table>
  )
}

/** What the receiver last answered, and when it is tried next. */
export function answerWords({ last_status, last_error, next_at, state }: Delivery): string {
  const last = last_error ?? (last_status === null ? 'not tried yet' : `status ${last_status}`)
  return state === 'waiting' && next_at !== null ? `${last}; next ${formatTime(next_at)}` : last
}

/** Whether it is told, in a coloured word. */
export function WebhookState({ webhook: { ended_at, ended_by } }: { webhook: Webhook }) {
  if (ended_at === null) return <span class="state holds">active</span>
  return <span class="state ended">{ended_by === 'receiver' ? 'ended by its receiver' : 'ended'}</span>
}
