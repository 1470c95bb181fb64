/** The page of a client: its keys, what it may read, and a new key that is shown this once. */
import type { ClientDocument } from '../../clients/client-document.ts'
import { maxKeysOfClient, type ListedKey } from '../../clients/client-keys.ts'
import { mayMakeKeys, mayRevokeKeys } from '../../clients/powers.ts'
import type { MadeKey } from '../../clients/keys.ts'
import type { Grant } from '../../grants/grant.ts'
import type { Session } from '../../people/sessions.ts'
import { Fact, Section, Table } from '../fact.tsx'
import { formatTime } from '../format.ts'
import { page } from '../page.tsx'
import { Outcome } from './acting.tsx'
import { ActForm, described, Field, MistakeList, type Filled } from './form-parts.tsx'
import { GrantRows } from './grant-rows.tsx'
import { secretPage } from './secret-page.tsx'

/** What the page is made of. */
export interface ClientContent {
  readonly client: ClientDocument
  readonly grants: readonly Grant[]
  readonly session: Session
  readonly filled: Filled
  readonly done: string | undefined
  /** RFC 3339 */
  readonly at: string
}

/** The page. */
export function clientPage(content: ClientContent) {
  const { client, grants, session, filled, done } = content
  const { id, kind, domain, products } = client
  const children = (
    <article class="access">
      <p class="crumbs">
        <a href="/access">Access</a> / {domain}
      </p>
      <Outcome done={done} />
      <h1>{id}</h1>
      <p class="lead">{kindWords[kind]}</p>
      <dl class="facts">
        <Fact name="Kind">{kind}</Fact>
        <Fact name="Domain">{domain}</Fact>
        {products.length > 0 && <Fact name="Sends to">{products.join(', ')}</Fact>}
        {client.decides && <Fact name="Power">decides for {domain}, as its owner</Fact>}
      </dl>
      <Section id="keys" title="Keys">
        <Keys {...content} />
        {mayMakeKeys(session.person, client) ? (
          <NewKey session={session} filled={filled} />
        ) : (
          <p class="ask quiet">
            Owners of {domain} make its keys, and the client itself with a key that it has.
          </p>
        )}
      </Section>
      {kind === 'consumer' && (
        <Section id="grants" title="What it may read">
          {grants.length === 0 ? (
            <p class="empty">
              Nothing yet. Choose a <a href="/products">product</a> and ask for access on its page.
            </p>
          ) : (
            <GrantRows grants={grants} label="Grants" by="product" at={content.at} />
          )}
        </Section>
      )}
    </article>
  )
  return page({ title: id, twins: `/clients/${id}`, session, children })
}

/** What a client of each kind is. */
export const kindWords = {
  consumer: 'A consumer: it reads what it was granted, with tokens that its keys buy.',
  source: 'A source: it sends to its products, and reads nothing.',
  publisher: 'A publisher: it registers the products of its domain.',
  steward: 'The steward: it runs and checks products, and reads no records.',
} as const

/** Whether a key counts, in a word. */
export function keyState({ revoked_at, ends_at }: Pick<ListedKey, 'revoked_at' | 'ends_at'>, at: string) {
  if (revoked_at !== null) return { state: 'revoked', words: `revoked ${formatTime(revoked_at)}` } as const
  if (ends_at !== null && ends_at <= at) return { state: 'ended', words: 'ended' } as const
  return { state: 'holds', words: 'counts' } as const
}

function Keys({ client, session, at }: ClientContent) {
  if (client.keys.length === 0) return <p class="empty">No key yet. Without one it can buy no token.</p>
  const may = mayRevokeKeys(session.person, client)
  return (
    <Table
      label="All keys"
      columns={['Key', 'State', 'Made', 'Ends', 'Last used', ...(may ? ['Take back'] : [])]}
    >
      {client.keys.map((key) => {
        const { state, words } = keyState(key, at)
        return (
          <tr>
            <th scope="row">
              <code>{key.id}</code>
              {key.kind === 'ed25519' && <span class="marks">public key: it signs by itself</span>}
            </th>
            <td>
              <span class={`state ${state}`}>{words}</span>
            </td>
            <td>
              <time datetime={key.created_at}>{formatTime(key.created_at)}</time>
            </td>
            <td>{key.ends_at === null ? 'when revoked' : key.ends_at.slice(0, 10)}</td>
            <td>{key.last_used ?? 'never'}</td>
            {may && <td>{state === 'holds' && <Revoke id={key.id} session={session} />}</td>}
          </tr>
        )
      })}
    </Table>
  )
}

function Revoke({ id, session }: { id: string; session: Session }) {
  return (
    <ActForm session={session} act="revoke_key" label={`Revoke ${id}`}>
      <input type="hidden" name="key" value={id} />
      <button type="submit" class="plain">
        Revoke<span class="hidden"> {id}</span>
      </button>
    </ActForm>
  )
}

function NewKey({ session, filled: { values, mistakes } }: { session: Session; filled: Filled }) {
  return (
    <section class="panel new-key" aria-labelledby="new-key">
      <h3 id="new-key">Make a key</h3>
      <MistakeList mistakes={mistakes} />
      <ActForm session={session} act="make_key">
        <Field
          name="key_ends_on"
          label="Last day"
          hint={`Empty: until it is revoked. Up to ${maxKeysOfClient} keys count at a time, so that a new one can be rolled out before the old one goes.`}
          mistakes={mistakes}
        >
          <input
            id="key_ends_on"
            name="key_ends_on"
            type="date"
            value={values.get('key_ends_on') ?? ''}
            {...described('key_ends_on', mistakes, true)}
          />
        </Field>
        <div class="actions">
          <button type="submit">Make a key</button>
        </div>
      </ActForm>
    </section>
  )
}

/** The answer that has the new key in it. */
export function newKeyPage({ id, made, session }: { id: string; made: MadeKey; session: Session }) {
  return secretPage({
    title: `A key for ${id}`,
    label: 'Client key',
    secret: made.key ?? '',
    back: { href: `/clients/${id}`, name: id },
    session,
    children: (
      <>
        <p>
          The catalog keeps only its hash. Whoever has it reads as {id}: put it where secrets are kept, never
          into code.
        </p>
        <p>
          It buys tokens: POST a form to <code>/oauth/token</code> with{' '}
          <code>grant_type=client_credentials</code>, the id as <code>client_id</code>, the key as{' '}
          <code>client_secret</code>, and the product’s base address as <code>resource</code>.
        </p>
      </>
    ),
  })
}
