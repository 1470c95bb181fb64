/** The list of products: the mesh's front page, and what a search found. */
import type { Session } from '../people/sessions.ts'
import type { DomainSummary, ListDocument, ProductSummary } from '../products/documents.ts'
import type { Verdict } from '../products/live-state.ts'
import { formatCount } from './format.ts'
import { Freshness } from './freshness.tsx'
import { Badge, Pips } from './icons.tsx'
import { MeshMap } from './mesh-map.tsx'
import { page } from './page.tsx'
import { phaseWords } from './product-head.tsx'

/** The page of a list. `home` has the map and a word of welcome. */
export function listPage(list: ListDocument, home: boolean, session: Session | null) {
  const { query } = list
  const title = home ? 'The mesh' : query === null ? 'Products' : `“${query}”`
  const content = (
    <>
      {home ? (
        <Welcome list={list} />
      ) : (
        <h1>{query === null ? 'Products' : <Found list={list} query={query} />}</h1>
      )}
      {home && <MeshMap products={list.products} />}
      {query === null ? (
        list.domains.map((domain) => <Domain domain={domain} />)
      ) : (
        <section class="results" aria-label="Results">
          <h2 class="hidden">Results</h2>
          <Cards products={list.products} />
        </section>
      )}
      {list.total === 0 && <Empty query={query} />}
    </>
  )
  // A search has its twins too: /products.json?q=… is linked from the results.
  return page({
    title,
    query: query ?? '',
    session,
    ...(query === null ? { twins: '/products' } : {}),
    children: content,
  })
}

function Welcome({ list }: { list: ListDocument }) {
  const { products, domains } = list
  const fresh = products.filter(({ state }) => state.verdict === 'fresh').length
  return (
    <section class="welcome">
      <h1>Data you can act on</h1>
      <p class="lead">
        {formatCount(products.length)} data {products.length === 1 ? 'product' : 'products'} of{' '}
        {domains.length} {domains.length === 1 ? 'domain' : 'domains'}. Each has an owner, a contract, and a
        proof of how complete it is.
      </p>
      {products.length > 0 && (
        <p class="tally">
          <Badge verdict={overall(products)} /> {fresh} of {products.length} keep their promise of freshness
          right now
        </p>
      )}
      <Alarms products={products} />
    </section>
  )
}

/** What is served is what is promised; where it is not, everybody shall see it. */
function Alarms({ products }: { products: readonly ProductSummary[] }) {
  const broken = products.filter(({ drift }) => drift !== null)
  if (broken.length === 0) return null
  return (
    <p class="alarms">
      Breach of contract:{' '}
      {broken.map(({ page: href, title }, at) => (
        <>
          {at > 0 && ', '}
          <a href={href}>{title}</a>
        </>
      ))}{' '}
      {broken.length === 1 ? 'serves' : 'serve'} another contract than registered.
    </p>
  )
}

/** Late if anything is; else fresh only if everything is. */
function overall(products: readonly ProductSummary[]): Verdict {
  const verdicts = products.map(({ state }) => state.verdict)
  if (verdicts.includes('late')) return 'late'
  return verdicts.find((verdict) => verdict !== 'fresh') ?? 'fresh'
}

function Found({ list, query }: { list: ListDocument; query: string }) {
  const { total } = list
  return (
    <>
      {total === 0 ? 'No product' : `${total} ${total === 1 ? 'product' : 'products'}`} for “{query}”{' '}
      <small>
        as <a href={`/products.json?q=${encodeURIComponent(query)}`}>JSON</a> ·{' '}
        <a href={`/products.md?q=${encodeURIComponent(query)}`}>Markdown</a>
      </small>
    </>
  )
}

function Domain({ domain }: { domain: DomainSummary }) {
  const heading = `domain-${domain.domain}`
  return (
    <section class="domain" aria-labelledby={heading}>
      <div class="domain-head">
        <h2 id={heading}>{domain.domain}</h2>
        <p>
          {domain.team} <span class="quiet">answers for it</span>
        </p>
        <p class="level">
          <Pips level={domain.level} />
          Level {domain.level} of 5<span>{domain.evidence}</span>
          {domain.next && <span>Next: {domain.next}</span>}
        </p>
      </div>
      <Cards products={domain.products} />
    </section>
  )
}

function Cards({ products }: { products: readonly ProductSummary[] }) {
  return (
    <ul class="cards">
      {products.map((product) => (
        <li>
          <Card product={product} />
        </li>
      ))}
    </ul>
  )
}

function Card({ product }: { product: ProductSummary }) {
  const { id, title, purpose, version, inputs, flags, state, visibility, drift, phase, page: href } = product
  return (
    <article class={drift ? 'card breach' : 'card'}>
      <div class="card-head">
        <h3>
          <a href={href}>{title}</a>
        </h3>
        <Badge verdict={state.verdict} />
      </div>
      <p class="id">
        {id} <span class="quiet">{version}</span>
      </p>
      {drift && <p class="alarm">Breach: it serves another contract than the registered one</p>}
      <p class="purpose">{purpose}</p>
      <Freshness state={state} promised={product.freshness} />
      <ul class="tags">
        {inputs.length === 0 && <li>from its source</li>}
        {inputs.map((input) => (
          <li>built on {input.product}</li>
        ))}
        {flags !== null && <li class="flags">flags for apps: {flags}</li>}
        {phase !== 'available' && <li>{phaseWords[phase]}</li>}
        {visibility === 'internal' && <li>inside its domain only</li>}
      </ul>
    </article>
  )
}

function Empty({ query }: { query: string | null }) {
  if (query !== null) {
    return (
      <p class="empty">
        Try fewer or shorter words, or look at <a href="/products">all products</a>.
      </p>
    )
  }
  return (
    <p class="empty">
      No product is registered yet. A team registers one with “mesh register” after its first deploy.
    </p>
  )
}
