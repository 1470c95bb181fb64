/** The fields of a product: what each means, how careful one has to be with it, and what it joins to. */
import { filterable, type Contract, type Field } from '@meshloop/contract'

/** A table with one row a field. */
export function Fields({ contract }: { contract: Contract }) {
  const fast = filterable(contract)
  return (
    <div class="scroll" role="region" aria-label="Fields" tabindex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Kind</th>
            <th scope="col">Meaning</th>
            <th scope="col">Class</th>
          </tr>
        </thead>
        <tbody>
          {Object.entries(contract.fields).map(([name, field]) => (
            <tr>
              <th scope="row">
                <code>{name}</code>
                <Marks name={name} contract={contract} filterable={fast.includes(name)} />
              </th>
              <td>{kindWords(field)}</td>
              <td>
                <Meaning field={field} />
              </td>
              <td>
                <span class={`class ${field.class}`}>{field.class}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Marks({
  name,
  contract,
  filterable: fast,
}: {
  name: string
  contract: Contract
  filterable: boolean
}) {
  const marks = [
    contract.key.includes(name) && 'key',
    contract.eventTime === name && 'event time',
    contract.versionBy === name && 'orders corrections',
    fast && 'filter, sort',
  ].filter((mark) => mark !== false)
  return marks.length === 0 ? null : <span class="marks">{marks.join(' · ')}</span>
}

function Meaning({ field: { means, values, unit, of, examples, fields = {} } }: { field: Field }) {
  const target = of?.split('#')[0]
  return (
    <>
      {means}
      {values && <span class="more">one of {values.join(', ')}</span>}
      {unit && <span class="more">unit: {unit}</span>}
      {Object.entries(fields).map(([name, member]) => (
        <span class="more">
          <code>{name}</code> {member.means}
        </span>
      ))}
      {examples && (
        <span class="more">for example {examples.map((example) => JSON.stringify(example)).join(', ')}</span>
      )}
      {of && (
        <span class="more">
          refers to <a href={`/products/${target}`}>{of}</a>
        </span>
      )}
    </>
  )
}

/** `text, or nothing`. */
export const kindWords = ({ kind, nullable }: Field): string => (nullable ? `${kind}, or nothing` : kind)
