/** What a product promises beside its fields: how fresh, how long, at what terms, and what may be computed. */
import { measureWords } from '@meshloop/contract'
import type { ProductDocument } from '../products/documents.ts'
import { groupedBy, lifecycleOf, promisesOf } from './contract-words.ts'
import { Fact, LongText, Section, Table } from './fact.tsx'
import { formatTime } from './format.ts'

/** The section. */
export function Promises({ product }: { product: ProductDocument }) {
  const { contract, contract_hash, registered_at, updated_at } = product
  return (
    <Section id="promises" title="What is promised">
      <dl class="facts wide">
        {[...promisesOf(contract), ...lifecycleOf(contract)].map(({ name, what }) => (
          <Fact name={name}>{what}</Fact>
        ))}
        <Fact name="Registered">
          {formatTime(registered_at)}
          {updated_at !== registered_at && `, changed ${formatTime(updated_at)}`}
        </Fact>
        <Fact name="Contract">
          <code class="hash">{contract_hash}</code>
        </Fact>
      </dl>
      {contract.limitations && <Prose title="Limits" text={contract.limitations} />}
      {contract.terms && <Prose title="Terms of use" text={contract.terms} />}
      <Measures product={product} />
    </Section>
  )
}

function Prose({ title, text }: { title: string; text: string }) {
  return (
    <>
      <h3>{title}</h3>
      <div class="prose">
        <LongText text={text} />
      </div>
    </>
  )
}

function Measures({ product: { contract } }: { product: ProductDocument }) {
  const { measures = {} } = contract
  const all = Object.entries(measures)
  if (all.length === 0) return null
  return (
    <>
      <h3>Measures</h3>
      <p>Grouped by {groupedBy(contract).join(', ')}.</p>
      <Table label="Measures" columns={['Measure', 'Meaning', 'Computed as']}>
        {all.map(([name, measure]) => (
          <tr>
            <th scope="row">
              <code>{name}</code>
            </th>
            <td>
              <LongText text={measure.means} />
            </td>
            <td>{measureWords(measure)}</td>
          </tr>
        ))}
      </Table>
    </>
  )
}
