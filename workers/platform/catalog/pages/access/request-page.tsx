/** The page of a request: what is asked in words, and what its reader can do about it. */
import type { AccessRequest, Grant, RequestState } from '../../grants/grant.ts'
import type { Standing } from '../../grants/sight.ts'
import type { Session } from '../../people/sessions.ts'
import type { Product } from '../../products/product.ts'
import { Section } from '../fact.tsx'
import { formatTime } from '../format.ts'
import { page } from '../page.tsx'
import { Outcome } from './acting.tsx'
import { ActForm, MistakeList, TextField, type Filled } from './form-parts.tsx'
import { Line, Lines, Says } from './says.tsx'
import { TermsFields } from './terms-fields.tsx'
import { fieldsWords, rowsWords, scopesWords, termsWords } from './terms-words.ts'

/** What the page is made of. */
export interface RequestContent extends Standing {
  readonly request: AccessRequest
  /** Null if the product is not registered any more. */
  readonly product: Product | null
  /** What the consumer has now, which approval would change; null: nothing. */
  readonly held: Grant | null
  /** Who acted, by the name of the audit log. */
  readonly names: Readonly<Record<string, string>>
  readonly session: Session
  readonly filled: Filled
  readonly done: string | undefined
}

/** The page. */
export function requestPage(content: RequestContent) {
  const { request, product, held, names, session, filled, done, owns, speaks } = content
  const { id, consumer, state } = request
  const title = product?.contract.title ?? request.product
  const waits = state === 'waiting'
  const children = (
    <article class="access">
      <p class="crumbs">
        <a href="/access">Access</a> / Requests
      </p>
      <Outcome done={done} />
      <div class="title-row">
        <h1>
          {consumer} asks for {title}
        </h1>
        <span class={`state ${state}`}>{stateWords[state]}</span>
      </div>
      <Says>
        <Line name="Product">
          <a href={`/products/${request.product}?major=${request.major}`}>{request.product}</a>, version{' '}
          {request.major}
        </Line>
        <Line name="What for">{request.purpose}</Line>
        <Lines all={termsWords(request.wants, product?.contract ?? null)} />
        {waits && held && (
          <Line name="Has now">
            <a href={`/grants/${held.id}`}>A grant</a> that this would replace. {scopesWords(held)}.{' '}
            {fieldsWords(held, null)}. {rowsWords(held)}.
          </Line>
        )}
        <Line name="Asked">
          {formatTime(request.asked_at)} by {names[request.asked_by] ?? request.asked_by}
        </Line>
        <Decision content={content} />
      </Says>
      {Object.keys(filled.mistakes).length > 0 && (
        <section>
          <MistakeList mistakes={filled.mistakes} />
        </section>
      )}
      {waits && owns && product && (
        <Decide request={request} product={product} session={session} filled={filled} />
      )}
      {waits && speaks && <Withdraw session={session} owns={owns} />}
    </article>
  )
  return page({ title: `${consumer} asks for ${title}`, twins: `/requests/${id}`, session, children })
}

/** What became of a request, in a word or two. */
export const stateWords: Readonly<Record<RequestState, string>> = {
  waiting: 'waits for the owner',
  approved: 'approved',
  refused: 'refused',
  withdrawn: 'withdrawn',
}

function Decision({ content: { request, names } }: { content: RequestContent }) {
  const { decided_at, decided_by, reason, granted, state } = request
  if (decided_at === null) return null
  return (
    <>
      <Line name={state === 'approved' ? 'Approved' : state === 'refused' ? 'Refused' : 'Withdrawn'}>
        {formatTime(decided_at)} by {names[decided_by ?? ''] ?? decided_by}
      </Line>
      {reason && <Line name="Why">{reason}</Line>}
      {granted && (
        <Line name="Became">
          <a href={`/grants/${granted}`}>the grant</a>
        </Line>
      )}
    </>
  )
}

function Decide({
  request,
  product,
  session,
  filled,
}: {
  request: AccessRequest
  product: Product
  session: Session
  filled: Filled
}) {
  const [less, refusing] = [
    filled.values.get('act') === 'approve_less',
    filled.values.get('act') === 'refuse',
  ]
  return (
    <Section id="decide" title="Decide">
      <p class="quiet">
        It concerns {product.contract.owner.team}: what you decide is written down with your name.
      </p>
      <div class="decisions">
        <ActForm session={session} act="approve" label="Approve as asked">
          <div class="actions">
            <button type="submit">Approve as asked</button>
          </div>
        </ActForm>
        <details class="panel" open={less}>
          <summary>Approve less</summary>
          <ActForm session={session} act="approve_less" label="Approve less" wide>
            <TermsFields contract={product.contract} filled={filled} within={request.wants} />
            <TextField name="note" label="Why (the consumer reads it)" filled={filled} />
            <div class="actions">
              <button type="submit">Approve this much</button>
            </div>
          </ActForm>
        </details>
        <details class="panel" open={refusing}>
          <summary>Refuse</summary>
          <ActForm session={session} act="refuse" label="Refuse">
            <TextField name="reason" label="Why, for the consumer to read" filled={filled} rows={2} />
            <div class="actions">
              <button type="submit" class="danger">
                Refuse
              </button>
            </div>
          </ActForm>
        </details>
      </div>
    </Section>
  )
}

function Withdraw({ session, owns }: { session: Session; owns: boolean }) {
  return (
    <Section id="withdraw" title={owns ? 'Or withdraw it' : 'It waits'}>
      {!owns && <p class="quiet">Nobody has decided yet. You can take the request back and ask otherwise.</p>}
      <ActForm session={session} act="withdraw" label="Withdraw">
        <div class="actions">
          <button type="submit" class="plain">
            Withdraw the request
          </button>
        </div>
      </ActForm>
    </Section>
  )
}
