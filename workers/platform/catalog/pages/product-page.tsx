/** The page of one product: first whether it can be trusted, then what it holds and how to read it. */
import type { ProductDocument } from '../products/documents.ts'
import { formatDuration, formatTime } from './format.ts'
import { Badge } from './icons.tsx'
import { Fields } from './product-fields.tsx'
import { Consumers, Joins, LineageView, Progress } from './product-relations.tsx'
import { page } from './page.tsx'
import { trustOf, type TrustAnswer } from './trust.ts'
import { examplesOf } from './try-it.ts'

/** The page. */
export function productPage(product: ProductDocument) {
  const { id, contract } = product
  const content = (
    <article class="product">
      <Head product={product} />
      <section aria-labelledby="trust">
        <h2 id="trust">Can I trust this data?</h2>
        <ul class="trust">
          {trustOf(product).map((answer) => (
            <Answer answer={answer} />
          ))}
        </ul>
      </section>
      <section aria-labelledby="fields">
        <h2 id="fields">What it holds</h2>
        {contract.limitations && <p class="limits">Limits: {contract.limitations}</p>}
        <Fields contract={contract} />
      </section>
      <section aria-labelledby="lineage">
        <h2 id="lineage">Where it comes from, where it goes</h2>
        <LineageView product={product} />
        <Progress product={product} />
        <Joins product={product} />
      </section>
      <TryIt product={product} />
      {contract.flags && <Flags contract={contract} />}
      <Promises product={product} />
      <Consumers product={product} />
    </article>
  )
  return page({ title: contract.title, twins: `/products/${id}`, children: content })
}

function Head({ product }: { product: ProductDocument }) {
  const { id, domain, title, purpose, owner, version, majors, state, visibility } = product
  return (
    <header class="product-head">
      <p class="crumbs">
        <a href="/products">Products</a> / {domain}
      </p>
      <div class="title-row">
        <h1>{title}</h1>
        <Badge verdict={state.verdict} />
      </div>
      <p class="lead">{purpose}</p>
      <dl class="facts">
        <Fact name="Product">
          <code>{id}</code>
        </Fact>
        <Fact name="Owner">
          {owner.team} · <Support contact={owner.support} />
        </Fact>
        <Fact name="Version">
          {version}
          {majors.length > 1 && ` (majors ${majors.join(', ')})`}
        </Fact>
        <Fact name="As of">
          {state.as_of === null ? 'not known' : <time datetime={state.as_of}>{formatTime(state.as_of)}</time>}
        </Fact>
        {visibility === 'internal' && <Fact name="Visible">inside its domain only</Fact>}
      </dl>
    </header>
  )
}

function Fact({ name, children }: { name: string; children: unknown }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

/** A mail address or a page becomes a link; anything else stays text, since the contract is somebody's input. */
function Support({ contact }: { contact: string }) {
  if (/^[\w.+-]+@[\w.-]+$/.test(contact)) return <a href={`mailto:${contact}`}>{contact}</a>
  if (contact.startsWith('https://')) return <a href={contact}>{contact}</a>
  return <>{contact}</>
}

const answerWords = { yes: 'Yes', no: 'No', unknown: 'Unknown' } as const

function Answer({ answer: { question, answer, evidence } }: { answer: TrustAnswer }) {
  return (
    <li class={answer}>
      <h3>{question}</h3>
      <p class="answer">{answerWords[answer]}</p>
      <p>{evidence}</p>
    </li>
  )
}

function TryIt({ product }: { product: ProductDocument }) {
  const { url } = product
  return (
    <section aria-labelledby="try">
      <h2 id="try">Read it</h2>
      <p class="buttons">
        <a class="button" href={`${url}/docs`}>
          Try it in the console
        </a>
        <a href={`${url}/openapi.json`}>OpenAPI</a>
        <a href={`${url}/contract`}>Contract (ODCS)</a>
        <a href={`${url}/contract?format=jsonschema`}>JSON Schema</a>
      </p>
      <p>
        Base address and audience of its tokens: <code>{url}</code>
      </p>
      {examplesOf(product).map(({ what, command }) => (
        <figure class="example">
          <figcaption>{what}</figcaption>
          <pre tabindex={0}>
            <code>{command}</code>
          </pre>
        </figure>
      ))}
    </section>
  )
}

function Flags({ contract: { flags, gate = [], reintegration } }: { contract: ProductDocument['contract'] }) {
  if (!flags) return null
  return (
    <section aria-labelledby="flags" class="flags-port">
      <h2 id="flags">The way back into apps</h2>
      <p>
        One signed flag for each <code>{flags.subject}</code>, in the set <code>{flags.set}</code>. Apps read
        it at the edge and check signature, age and completeness themselves.
        {gate.length > 0 && ` Published as fresh only while these promises hold: ${gate.join(', ')}.`}
      </p>
      {reintegration && (
        <dl class="facts">
          <Fact name="Decided by">{reintegration.decided_by}</Fact>
          <Fact name="Why">{reintegration.why}</Fact>
          <Fact name="Risk">{reintegration.risk}</Fact>
          <Fact name="Looked at again">{reintegration.review_by}</Fact>
        </dl>
      )}
    </section>
  )
}

function Promises({ product }: { product: ProductDocument }) {
  const { contract, contract_hash, registered_at, updated_at } = product
  const { freshness, retention, measures = {}, dimensions = [] } = contract
  return (
    <section aria-labelledby="promises">
      <h2 id="promises">What is promised</h2>
      <dl class="facts wide">
        <Fact name="Freshness">never older than {formatDuration(freshness)}</Fact>
        <Fact name="Kept for">{retention === undefined ? 'ever' : formatDuration(retention)}</Fact>
        {Object.entries(measures).map(([name, { means }]) => (
          <Fact name={`Measure ${name}`}>{means}</Fact>
        ))}
        {dimensions.length > 0 && <Fact name="Grouped by">{dimensions.join(', ')}</Fact>}
        <Fact name="Contract">
          <code class="hash">{contract_hash}</code>
        </Fact>
        <Fact name="Registered">
          {formatTime(registered_at)}
          {updated_at !== registered_at && `, changed ${formatTime(updated_at)}`}
        </Fact>
      </dl>
    </section>
  )
}
