/** The pages of webhooks: where somebody is told, a new one with its secret, and what was delivered. */
import type { Delivery } from '../../notices/webhooks.ts'
import type { Webhook } from '../../notices/webhook-store.ts'
import type { Session } from '../../people/sessions.ts'
import { Fact, Section, Table } from '../fact.tsx'
import { formatTime } from '../format.ts'
import { page } from '../page.tsx'
import { Outcome } from './acting.tsx'
import { ActForm, described, Field, MistakeList, TextField, type Filled } from './form-parts.tsx'

/** What the page of all is made of. */
export interface WebhooksContent {
  readonly webhooks: readonly Webhook[]
  /** For whom the person may make one: `domain:purchase`, `consumer:growth.reports`. */
  readonly owners: readonly string[]
  readonly session: Session
  readonly filled: Filled
  readonly done: string | undefined
}

/** All webhooks of a person. */
export function webhooksPage({ webhooks, owners, session, filled, done }: WebhooksContent) {
  const children = (
    <article class="access">
      <p class="crumbs">
        <a href="/access">Access</a> / Webhooks
      </p>
      <Outcome done={done} />
      <h1>Webhooks</h1>
      <p class="lead">
        An address of yours is told when somebody asks, decides, narrows or revokes, and when access is about
        to end. Each message is signed (Standard Webhooks) and sent again until it is taken.
      </p>
      <section>
        {webhooks.length === 0 ? (
          <p class="empty">
            {owners.length === 0
              ? 'Nobody of yours can be told yet: owners have webhooks for their domain, members for its consumers.'
              : 'None yet. Add the address of a service that shall be told.'}
          </p>
        ) : (
          <Table label="Webhooks" columns={['Address', 'Told for', 'State', 'Made']}>
            {webhooks.map((webhook) => (
              <tr>
                <th scope="row" class="said">
                  <a href={`/webhooks/${webhook.id}`}>{webhook.url}</a>
                </th>
                <td>
                  {webhook.owner} <span class="quiet">{webhook.owner_kind}</span>
                </td>
                <td>
                  <WebhookState webhook={webhook} />
                </td>
                <td>{formatTime(webhook.created_at)}</td>
              </tr>
            ))}
          </Table>
        )}
        {owners.length > 0 && <NewWebhook owners={owners} session={session} filled={filled} />}
      </section>
    </article>
  )
  return page({ title: 'Webhooks', twins: '/webhooks', session, children })
}

function NewWebhook({
  owners,
  session,
  filled,
}: {
  owners: readonly string[]
  session: Session
  filled: Filled
}) {
  const { values, mistakes } = filled
  return (
    <section class="panel" aria-labelledby="new-webhook">
      <h2 id="new-webhook">Add one</h2>
      <MistakeList mistakes={mistakes} />
      <ActForm session={session} act="make_webhook" action="/webhooks/new">
        <Field
          name="webhook_owner"
          label="For whom"
          hint="A domain hears of its products and consumers, a consumer of itself."
          mistakes={mistakes}
        >
          <select id="webhook_owner" name="webhook_owner" {...described('webhook_owner', mistakes, true)}>
            {owners.map((owner) => (
              <option value={owner} selected={values.get('webhook_owner') === owner}>
                {owner.replace(':', ' ')}
              </option>
            ))}
          </select>
        </Field>
        <TextField
          name="url"
          label="Address"
          hint="https, on a host that the operator allows."
          filled={filled}
          maxLength={2000}
        />
        <div class="actions">
          <button type="submit">Add the webhook</button>
        </div>
      </ActForm>
    </section>
  )
}

/** One webhook with its delivery log. */
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

function WebhookState({ webhook: { ended_at, ended_by } }: { webhook: Webhook }) {
  if (ended_at === null) return <span class="state holds">told</span>
  return <span class="state ended">{ended_by === 'receiver' ? 'ended by its receiver' : 'ended'}</span>
}

/** The answer that has the secret of a new webhook in it, and nothing else ever. */
export function newWebhookPage({ id, secret, session }: { id: string; secret: string; session: Session }) {
  const children = (
    <article class="access">
      <p class="crumbs">
        <a href="/access">Access</a> / <a href="/webhooks">Webhooks</a>
      </p>
      <h1>The webhook’s secret</h1>
      <section class="secret" aria-labelledby="copy">
        <h2 id="copy">Copy it now: it is shown this once</h2>
        <p>Your service checks with it that a message comes from this catalog, and is no old one.</p>
        <label for="new-secret">Secret</label>
        <input id="new-secret" type="text" readonly value={secret} autocomplete="off" spellcheck={false} />
      </section>
      <p class="buttons">
        <a class="button" href={`/webhooks/${id}`}>
          I have copied it
        </a>
      </p>
    </article>
  )
  return page({ title: 'The webhook’s secret', session, children })
}
