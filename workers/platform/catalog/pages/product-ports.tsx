/** How a product is read: console, documents, command lines, and flags for apps. */
import type { ProductDocument } from '../products/documents.ts'
import { Fact, Section } from './fact.tsx'
import { documentsOf, examplesOf } from './try-it.ts'

/** The section. */
export function ReadIt({ product }: { product: ProductDocument }) {
  const { url } = product
  return (
    <Section id="try" title="Read it">
      <p class="buttons">
        <a class="button" href={`${url}/docs`}>
          Try it in the console
        </a>
      </p>
      <p>
        Base address and audience of its tokens: <code class="hash">{url}</code>
      </p>
      <p>The whole contract, as the product serves it:</p>
      <ul class="documents">
        {documentsOf(product).map(({ what, address }) => (
          <li>
            <a href={address}>{what}</a>
          </li>
        ))}
      </ul>
      {examplesOf(product).map(({ what, command }) => (
        <figure class="example">
          <figcaption>{what}</figcaption>
          <pre tabindex={0}>
            <code>{command}</code>
          </pre>
        </figure>
      ))}
    </Section>
  )
}

/** The section of a product with a way back into apps. */
export function Flags({
  contract: { flags, gate = [], reintegration },
}: {
  contract: ProductDocument['contract']
}) {
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
