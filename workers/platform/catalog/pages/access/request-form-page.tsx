/** The form by which somebody asks for access: for which consumer, what for, what of it, and until when. */
import type { Client } from '../../clients/client-store.ts'
import type { Session } from '../../people/sessions.ts'
import type { Product } from '../../products/product.ts'
import { accessWords } from '../contract-words.ts'
import { page } from '../page.tsx'
import { ActForm, described, Field, MistakeList, TextField, type Filled } from './form-parts.tsx'
import { TermsFields } from './terms-fields.tsx'

/** What the page is made of. */
export interface RequestForm {
  readonly product: Product
  /** For whom the person may ask. */
  readonly consumers: readonly Client[]
  readonly session: Session
  readonly filled: Filled
}

/** Where the first control of a field is, for the links to mistakes. */
const firstControls = { scope: 'scope-read', row_1: 'row_1', row_2: 'row_2' } as const

/** The page. */
export function requestFormPage({ product, consumers, session, filled }: RequestForm) {
  const { contract, id, major } = product
  const content = (
    <article class="access">
      <p class="crumbs">
        <a href="/products">Products</a> / <a href={`/products/${id}?major=${major}`}>{contract.title}</a>
      </p>
      <h1>Ask for access</h1>
      <p class="lead">
        To <a href={`/products/${id}?major=${major}`}>{contract.title}</a>, version {major}. The less you ask
        for, the sooner somebody says yes.
      </p>
      <section>
        <div class="automatic">
          {accessWords(contract, contract.owner.team).map((words) => (
            <p>{words}</p>
          ))}
        </div>
      </section>
      <section>
        {consumers.length === 0 ? (
          <NoConsumer session={session} />
        ) : (
          <>
            <MistakeList mistakes={filled.mistakes} ids={firstControls} />
            <ActForm session={session} act="ask" wide>
              <Consumers consumers={consumers} filled={filled} />
              <TextField
                name="purpose"
                label="What for"
                hint="What will be done with the data, by whom. It is on the product’s page, for everybody to read."
                filled={filled}
                rows={3}
              />
              <TermsFields contract={contract} filled={filled} />
              <div class="actions">
                <button type="submit">Send the request</button>
                <a href={`/products/${id}?major=${major}`}>Cancel</a>
              </div>
            </ActForm>
          </>
        )}
      </section>
    </article>
  )
  return page({ title: `Ask for access to ${contract.title}`, session, children: content })
}

function Consumers({
  consumers,
  filled: { values, mistakes },
}: {
  consumers: readonly Client[]
  filled: Filled
}) {
  return (
    <Field
      name="consumer"
      label="For which consumer"
      hint="The app, team or agent that reads, with its own key."
      mistakes={mistakes}
    >
      <select id="consumer" name="consumer" {...described('consumer', mistakes, true)}>
        {consumers.length > 1 && <option value="">Choose</option>}
        {consumers.map(({ id }) => (
          <option value={id} selected={values.get('consumer') === id}>
            {id}
          </option>
        ))}
      </select>
    </Field>
  )
}

function NoConsumer({ session: { person } }: { session: Session }) {
  const owned = person.roles.filter(({ role }) => role === 'owner')
  return (
    <div class="empty">
      <h2>First, a consumer</h2>
      {person.roles.length === 0 ? (
        <p>
          You have no role in a domain yet. Ask an owner of your domain, or the operator, to give you one.
        </p>
      ) : owned.length > 0 ? (
        <p>
          Access is given to an app, a team or an agent, not to a person.{' '}
          <a href="/access#consumers">Make a consumer</a> of your domain, then come back.
        </p>
      ) : (
        <p>
          Access is given to an app, a team or an agent, not to a person. An owner of{' '}
          {person.roles.map(({ domain }) => domain).join(' or ')} makes a consumer; then come back.
        </p>
      )}
    </div>
  )
}
