/** The page of a grant: what it shows, how it is used, and how it is narrowed or ended. */
import type { GrantDocument } from '../../grants/documents.ts'
import type { GrantEvent } from '../../grants/grant-history.ts'
import type { Grant } from '../../grants/grant.ts'
import type { Session } from '../../people/sessions.ts'
import type { OwnersUse } from '../../products/usage.ts'
import type { Product } from '../../products/product.ts'
import { Section } from '../fact.tsx'
import { formatCount, formatTime } from '../format.ts'
import { page } from '../page.tsx'
import { lastReadWords } from '../product-consumers.tsx'
import { Outcome } from './acting.tsx'
import { ActForm, MistakeList, TextField, type Filled } from './form-parts.tsx'
import { GrantState } from './grant-rows.tsx'
import { Line, Lines, Says } from './says.tsx'
import { TermsFields } from './terms-fields.tsx'
import { fieldsWords, rowsWords, scopesWords, termsWords } from './terms-words.ts'

/** What the page is made of. */
export interface GrantContent {
  readonly document: GrantDocument
  /** Null if it is not registered any more. */
  readonly product: Product | null
  /** Who acted, by the name of the audit log. */
  readonly names: Readonly<Record<string, string>>
  readonly session: Session
  readonly filled: Filled
  readonly done: string | undefined
  /** RFC 3339 */
  readonly at: string
}

/** The page. */
export function grantPage(content: GrantContent) {
  const { document, product, names, session, filled, done, at } = content
  const { grant, use, history } = document
  const { owns } = document.may
  const title = product?.contract.title ?? grant.product
  const children = (
    <article class="access">
      <p class="crumbs">
        <a href="/access">Access</a> / Grants
      </p>
      <Outcome done={done} />
      <div class="title-row">
        <h1>
          {grant.consumer} reads {title}
        </h1>
        <GrantState grant={grant} at={at} />
      </div>
      <Says>
        <Line name="Product">
          <a href={`/products/${grant.product}?major=${grant.major}`}>{grant.product}</a>, version{' '}
          {grant.major}
        </Line>
        <Line name="What for">{grant.purpose}</Line>
        <Lines all={termsWords(grant, product?.contract ?? null)} />
      </Says>
      <Use use={use} />
      {Object.keys(filled.mistakes).length > 0 && (
        <section>
          <MistakeList mistakes={filled.mistakes} />
        </section>
      )}
      {document.holds && (
        <Section id="change" title={owns ? 'Change it' : 'Give it back'}>
          <div class="decisions">
            {owns && product && <Narrow grant={grant} product={product} session={session} filled={filled} />}
            <Revoke owns={owns} session={session} filled={filled} />
          </div>
        </Section>
      )}
      <Past past={history} names={names} />
    </article>
  )
  return page({ title: `${grant.consumer} reads ${title}`, twins: `/grants/${grant.id}`, session, children })
}

function Use({ use }: { use: OwnersUse | null }) {
  return (
    <Section id="use" title="How it is used">
      {use === null ? (
        <p class="quiet">The product does not say how it is read.</p>
      ) : (
        <Says>
          <Line name="Last read">{lastReadWords(use)}</Line>
          <Line name="In 30 days">
            {use.requests_30_days === null ? 'not known' : `${formatCount(use.requests_30_days)} requests`}
          </Line>
          {use.rows_read_busiest_day !== null && (
            <Line name="On its busiest day">{formatCount(use.rows_read_busiest_day)} rows read</Line>
          )}
          {use.last_read !== null && (
            <Line name="Fields read">
              {use.fields === null ? 'any' : use.fields.length === 0 ? 'none' : use.fields.join(', ')}
            </Line>
          )}
        </Says>
      )}
    </Section>
  )
}

function Narrow({
  grant,
  product: { contract },
  session,
  filled,
}: {
  grant: Grant
  product: Product
  session: Session
  filled: Filled
}) {
  return (
    <details class="panel" open={filled.values.get('act') === 'narrow'}>
      <summary>Narrow it</summary>
      <p class="hint">Tokens that show more are refused within a minute. For more, the consumer asks.</p>
      <ActForm session={session} act="narrow" label="Narrow" wide>
        <input type="hidden" name="version" value={grant.version} />
        <TermsFields contract={contract} filled={filled} within={grant} />
        <TextField name="reason" label="Why, for the consumer to read" filled={filled} rows={2} />
        <div class="actions">
          <button type="submit">Narrow the grant</button>
        </div>
      </ActForm>
    </details>
  )
}

function Revoke({ owns, session, filled }: { owns: boolean; session: Session; filled: Filled }) {
  const field = { values: filled.values, mistakes: filled.mistakes }
  return (
    <details class="panel" open={filled.values.get('act') === 'revoke'}>
      <summary>{owns ? 'Revoke it' : 'Give it back'}</summary>
      <ActForm session={session} act="revoke" label="Revoke">
        <TextField name="revoke_reason" label="Why, for the other side to read" filled={field} rows={2} />
        <div class="actions">
          <button type="submit" class="danger">
            {owns ? 'Revoke the grant' : 'Give the grant back'}
          </button>
        </div>
      </ActForm>
    </details>
  )
}

const eventWords: Partial<Record<GrantEvent['what'], string>> = {
  'grant.approved': 'Approved',
  'grant.changed': 'Changed',
  'grant.revoked': 'Revoked',
}

function Past({ past, names }: { past: readonly GrantEvent[]; names: Readonly<Record<string, string>> }) {
  if (past.length === 0) return null
  return (
    <Section id="history" title="What happened">
      <ol class="history">
        {past.map(({ at, what, by, version, reason, terms }) => (
          <li>
            <h3>{eventWords[what] ?? what}</h3>
            <p class="quiet">
              <time datetime={at}>{formatTime(at)}</time>, by {names[by] ?? by}; version {version}
            </p>
            {reason && <p>“{reason}”</p>}
            {what !== 'grant.revoked' && (
              <p class="more">
                {scopesWords(terms)}. {fieldsWords(terms, null)}. {rowsWords(terms)}.
              </p>
            )}
          </li>
        ))}
      </ol>
    </Section>
  )
}
