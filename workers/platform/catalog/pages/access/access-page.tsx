/** The page of access: what waits for its reader, who reads their products, what their consumers have. */
import type { Client } from '../../clients/client-store.ts'
import type { AccessDocument, GivenGrant } from '../../grants/documents.ts'
import type { AccessRequest } from '../../grants/grant.ts'
import type { Session } from '../../people/sessions.ts'
import { rolesWords } from '../account.tsx'
import { Section, Table } from '../fact.tsx'
import { formatCount, formatTime } from '../format.ts'
import { page } from '../page.tsx'
import { Outcome } from './acting.tsx'
import { ConsumerList } from './consumer-list.tsx'
import type { Filled } from './form-parts.tsx'
import { GrantRows, GrantState } from './grant-rows.tsx'
import { fieldsWords, rowsWords, scopesWords } from './terms-words.ts'

/** What the page is made of. */
export interface AccessContent {
  readonly document: AccessDocument
  readonly clients: readonly Client[]
  readonly session: Session
  readonly filled: Filled
  readonly done: string | undefined
  /** RFC 3339 */
  readonly at: string
}

/** The page. */
export function accessPage({ document, clients, session, filled, done, at }: AccessContent) {
  const { to_decide, given, held, asked } = document
  const { roles } = session.person
  const owns = roles.some(({ role }) => role === 'owner')
  const children = (
    <article class="access">
      <Outcome done={done} />
      <h1>Access</h1>
      <p class="lead">
        {roles.length === 0
          ? 'You have no role in a domain yet.'
          : `You are ${rolesWords(roles)}. Whoever owns a product decides who reads it, sees what is read, and takes it back.`}
      </p>
      {roles.length === 0 && (
        <p class="empty">
          A role comes from an owner of your domain, or from the operator. They need your id, which is on{' '}
          <a href="/account">your page</a>.
        </p>
      )}
      {roles.length > 0 && (
        <nav class="joins" aria-label="More about access">
          <a href="#consumers">Consumers and keys</a>
          <a href="/webhooks">Webhooks</a>
          {owns && <a href="/audit">Audit log</a>}
        </nav>
      )}
      {owns && <ToDecide requests={to_decide.items} />}
      {owns && <Given grants={given.items} at={at} />}
      {roles.length > 0 && (
        <>
          <Asked requests={asked.items} />
          <Section id="held" title="What your consumers may read">
            {held.items.length === 0 ? (
              <p class="empty">
                Nothing yet. Find a <a href="/products">product</a>, and ask for access on its page.
              </p>
            ) : (
              <GrantRows grants={held.items} label="Grants of your consumers" by="both" at={at} />
            )}
          </Section>
          <ConsumerList clients={clients} session={session} filled={filled} />
        </>
      )}
      {[to_decide, given, held, asked].some(({ more }) => more) && (
        <p class="quiet">
          Only the newest 100 of each are shown; the JSON interface lists them by product and consumer.
        </p>
      )}
    </article>
  )
  return page({ title: 'Access', twins: '/access', session, children })
}

function ToDecide({ requests }: { requests: readonly AccessRequest[] }) {
  return (
    <Section
      id="decide"
      title={requests.length === 0 ? 'Waits for you' : `Waits for you: ${requests.length}`}
    >
      {requests.length === 0 ? (
        <p class="quiet">No request waits for your decision.</p>
      ) : (
        <ul class="waiting-list">
          {requests.map((request) => (
            <Ticket request={request} kind="theirs" />
          ))}
        </ul>
      )}
    </Section>
  )
}

function Asked({ requests }: { requests: readonly AccessRequest[] }) {
  if (requests.length === 0) return null
  return (
    <Section id="asked" title="What you wait for">
      <ul class="waiting-list">
        {requests.map((request) => (
          <Ticket request={request} kind="mine" />
        ))}
      </ul>
    </Section>
  )
}

function Ticket({ request, kind }: { request: AccessRequest; kind: 'mine' | 'theirs' }) {
  const { id, consumer, product, major, purpose, wants, asked_at } = request
  return (
    <li class={`ticket ${kind}`}>
      <h3>
        <a href={`/requests/${id}`}>
          {consumer} asks for {product} v{major}
        </a>
      </h3>
      <blockquote>{purpose}</blockquote>
      <p>
        {scopesWords(wants)}. {fieldsWords(wants, null)}.{' '}
        {wants.view.rows.length > 0 && `Rows: ${rowsWords(wants)}.`}
      </p>
      <p class="quiet">
        Asked {formatTime(asked_at)}
        {wants.ends_at !== null && `; until ${wants.ends_at.slice(0, 10)}`}
      </p>
    </li>
  )
}

function Given({ grants, at }: { grants: readonly GivenGrant[]; at: string }) {
  return (
    <Section id="given" title="Who reads your products">
      {grants.length > 0 && <p class="quiet">Open a consumer’s grant to narrow or revoke it.</p>}
      {grants.length === 0 ? (
        <p class="empty">
          Nobody has a grant yet. People ask on a product’s page: a clear purpose and a sample bring them
          there.
        </p>
      ) : (
        <Table
          label="Grants to your products"
          columns={['Consumer', 'Product', 'What for', 'What it shows', 'Used', 'State']}
        >
          {grants.map((grant) => (
            <tr>
              <th scope="row">
                <a href={`/grants/${grant.id}`}>{grant.consumer}</a>
              </th>
              <td>
                {grant.product} v{grant.major}
              </td>
              <td class="said">{grant.purpose}</td>
              <td class="said">
                {scopesWords(grant)}
                <span class="more">{fieldsWords(grant, null)}</span>
                {grant.view.rows.length > 0 && <span class="more">{rowsWords(grant)}</span>}
              </td>
              <td>{usedWords(grant)}</td>
              <td>
                <GrantState grant={grant} at={at} />
              </td>
            </tr>
          ))}
        </Table>
      )}
    </Section>
  )
}

/** How much a consumer reads, and when last. */
export function usedWords({ use }: Pick<GivenGrant, 'use'>): string {
  if (use === null || use.requests_30_days === null) return 'not known'
  if (use.last_read === null) return 'not yet'
  const rows = use.rows_read_busiest_day
  const cost = rows === null ? '' : `, at most ${formatCount(rows)} rows read a day`
  return `${formatCount(use.requests_30_days)} requests in 30 days${cost}, last on ${use.last_read}`
}
