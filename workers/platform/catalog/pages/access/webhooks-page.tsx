/** The page of somebody's webhooks, and of the secret of a new one. */
import type { Webhook } from '../../notices/webhook-store.ts'
import type { Session } from '../../people/sessions.ts'
import { Table } from '../fact.tsx'
import { formatTime } from '../format.ts'
import { page } from '../page.tsx'
import { Outcome } from './acting.tsx'
import { ActForm, described, Field, MistakeList, TextField, type Filled } from './form-parts.tsx'
import { secretPage } from './secret-page.tsx'
import { WebhookState } from './webhook-page.tsx'

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
          hint="A domain hears of access to its products and of its clients’ keys, a consumer of its own."
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

/** The answer that has the secret of a new webhook in it. */
export const newWebhookPage = ({ id, secret, session }: { id: string; secret: string; session: Session }) =>
  secretPage({
    title: 'The webhook’s secret',
    label: 'Secret',
    secret,
    back: { href: `/webhooks/${id}`, name: 'Webhook' },
    session,
    children: (
      <p>
        Your service checks with it that a message comes from this catalog, and is no old one: messages are
        signed as <a href="https://www.standardwebhooks.com">Standard Webhooks</a> says, which names libraries
        for many languages.
      </p>
    ),
  })
