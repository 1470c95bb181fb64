/** The head of a product's page: what it is, its majors, and what one must know before reading on. */
import { stops } from '@meshloop/contract/policies'
import type { ProductDocument } from '../products/documents.ts'
import type { Phase } from '../products/lifecycle.ts'
import { Chip, Fact, LongText, Support } from './fact.tsx'
import { formatTime } from './format.ts'
import { Badge } from './icons.tsx'

/** The head. */
export function Head({ product }: { product: ProductDocument }) {
  const { id, domain, title, purpose, owner, version, state } = product
  return (
    <header class="product-head">
      <p class="crumbs">
        <a href="/products">Products</a> / {domain}
      </p>
      <div class="title-row">
        <h1>{title}</h1>
        <Badge verdict={state.verdict} />
        <Majors product={product} />
      </div>
      <div class="lead">
        <LongText text={purpose} />
      </div>
      <dl class="facts">
        <Fact name="Product">
          <code>{id}</code>
        </Fact>
        <Fact name="Owner">
          {owner.team} · <Support contact={owner.support} />
        </Fact>
        <Fact name="Version">
          {version} <Chip kind={product.phase}>{phaseWords[product.phase]}</Chip>
        </Fact>
        <Fact name="As of">
          {state.as_of === null ? 'not known' : <time datetime={state.as_of}>{formatTime(state.as_of)}</time>}
        </Fact>
      </dl>
      <Drifted product={product} />
      <Deprecated product={product} />
      <OpenErrors product={product} />
    </header>
  )
}

/** What each phase of a major's life is called. */
export const phaseWords: Readonly<Record<Phase, string>> = {
  preview: 'preview',
  available: 'available',
  announced: 'deprecation announced',
  deprecated: 'deprecated',
  unsupported: 'no longer supported',
  ended: 'past its end of life',
}

function Majors({ product: { id, major, majors } }: { product: ProductDocument }) {
  if (majors.length < 2) return null
  return (
    <nav class="majors" aria-label="Majors of this product">
      <ul>
        {majors.map((each) => (
          <li>
            <a href={`/products/${id}?major=${each}`} {...(each === major ? { 'aria-current': 'page' } : {})}>
              v{each}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

function Drifted({ product: { drift } }: { product: ProductDocument }) {
  if (!drift) return null
  return (
    <section class="banner breach" aria-label="Breach of contract">
      <h2>It does not serve what it promised</h2>
      <p>
        The product answers with another contract than the registered one; the catalog first saw it at{' '}
        <time datetime={drift.since}>{formatTime(drift.since)}</time>. Until it is deployed as registered, or
        registered as deployed, nothing on this page is certain.
      </p>
      <dl class="facts">
        <Fact name="Registered">
          <code class="hash">{drift.registered_hash}</code>
        </Fact>
        <Fact name="Served">
          <code class="hash">{drift.served_hash}</code>
        </Fact>
      </dl>
    </section>
  )
}

function Deprecated({ product }: { product: ProductDocument }) {
  const { phase, id, successor, contract, major } = product
  if (phase === 'available' && !successor) return null
  if (phase === 'preview') return <Preview product={product} />
  const { deprecated, endOfSupport, endOfLife } = contract.lifecycle ?? {}
  return (
    <section class={`banner ${phase}`} aria-label="Life of this major">
      <h2>
        {phase === 'available'
          ? `Version ${major} has a successor`
          : `Version ${major}: ${phaseWords[phase]}`}
      </h2>
      <p>{deprecationWords(product)}</p>
      <dl class="facts">
        {deprecated && <Fact name="Deprecated from">{deprecated}</Fact>}
        {endOfSupport && <Fact name="Supported until">{endOfSupport}</Fact>}
        {endOfLife && <Fact name="Answers until">{endOfLife}</Fact>}
        {successor && (
          <Fact name="Successor">
            <a href={`/products/${id}?major=${successor.major}`}>Version {successor.version}</a>
          </Fact>
        )}
      </dl>
    </section>
  )
}

/** What a reader of an older or ending major should do. */
export function deprecationWords({ phase, successor }: ProductDocument): string {
  const next = successor ? `version ${successor.version}` : 'another product; the owner names one'
  switch (phase) {
    case 'ended':
      return `Its end of life has passed: it need not answer any more. Read ${next}.`
    case 'unsupported':
      return `Problems in it are no longer mended. Move to ${next}.`
    case 'deprecated':
      return `New readers take ${next}; those who read this one move before it ends.`
    case 'announced':
      return `It will be deprecated. New readers better begin with ${next}.`
    default:
      return `New readers better begin with ${next}.`
  }
}

function Preview({ product }: { product: ProductDocument }) {
  return (
    <section class="banner announced" aria-label="Life of this major">
      <h2>A preview</h2>
      <p>It may be relied on from {product.contract.lifecycle?.generalAvailability}.</p>
    </section>
  )
}

function OpenErrors({ product: { policies } }: { product: ProductDocument }) {
  const open = policies.filter(stops)
  if (open.length === 0) return null
  return (
    <section class="banner breach" aria-label="Breach of policies">
      <h2>It breaks {open.length === 1 ? 'a policy' : `policies in ${open.length} places`}</h2>
      <p>
        It would not be registered today. <a href="#policies">What is wrong and how to mend it</a>
      </p>
    </section>
  )
}
