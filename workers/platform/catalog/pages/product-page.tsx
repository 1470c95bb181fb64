/** The page of one product: first whether it can be trusted, then what it holds, what it promises, and how to read it. */
import type { Session } from '../people/sessions.ts'
import type { ProductDocument } from '../products/documents.ts'
import { Section } from './fact.tsx'
import { Consumers } from './product-consumers.tsx'
import { Fields } from './product-fields.tsx'
import { Flags, ReadIt } from './product-ports.tsx'
import { Head } from './product-head.tsx'
import { History } from './product-history.tsx'
import { Policies } from './product-policies.tsx'
import { Promises } from './product-promises.tsx'
import { Quality } from './product-quality.tsx'
import { Joins, LineageView, Progress } from './product-relations.tsx'
import { page } from './page.tsx'
import { trustOf, type TrustAnswer } from './trust.ts'

/** The page. */
export function productPage(product: ProductDocument, session: Session | null) {
  const { id, major, contract, successor } = product
  const content = (
    <article class="product">
      <Head product={product} />
      <Contents product={product} />
      <Section id="trust" title="Can I trust this data?">
        <ul class="trust">
          {trustOf(product).map((answer) => (
            <Answer answer={answer} />
          ))}
        </ul>
      </Section>
      <Section id="fields" title="What it holds">
        <Fields contract={contract} />
      </Section>
      <Promises product={product} />
      <Quality product={product} />
      <Section id="lineage" title="Where it comes from, where it goes">
        <LineageView product={product} />
        <Progress product={product} />
        <Joins product={product} />
      </Section>
      <ReadIt product={product} />
      {contract.flags && <Flags contract={contract} />}
      <Consumers product={product} />
      <Policies product={product} />
      <History product={product} />
    </article>
  )
  return page({
    title: contract.title,
    twins: `/products/${id}`,
    ...(successor ? { twinsQuery: `?major=${major}` } : {}),
    session,
    children: content,
  })
}

/** A long page needs a way in. */
function Contents({ product: { contract } }: { product: ProductDocument }) {
  const sections = [
    ['trust', 'Trust'],
    ['fields', 'Fields'],
    ['promises', 'Promises'],
    ...(contract.quality ? [['quality', 'Quality'] as const] : []),
    ['lineage', 'Lineage'],
    ['try', 'Read it'],
    ...(contract.flags ? [['flags', 'Flags'] as const] : []),
    ['consumers', 'Readers'],
    ['policies', 'Policies'],
    ['history', 'History'],
  ] as const
  return (
    <nav class="contents" aria-label="On this page">
      <ul>
        {sections.map(([id, name]) => (
          <li>
            <a href={`#${id}`}>{name}</a>
          </li>
        ))}
      </ul>
    </nav>
  )
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
