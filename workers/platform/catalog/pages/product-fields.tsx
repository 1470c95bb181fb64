/** The fields of a product: what each is called and means, how careful one has to be with it, and where it comes from. */
import { filterable, type Contract, type Field } from '@meshloop/contract'
import type { Child } from 'hono/jsx'
import { boundsWords, kindWords } from './contract-words.ts'
import { LongText, Table } from './fact.tsx'

/** A table with one row a field. */
export function Fields({ contract }: { contract: Contract }) {
  const fast = filterable(contract)
  return (
    <Table label="Fields" columns={['Field', 'Meaning', 'Kind', 'Class']}>
      {Object.entries(contract.fields).map(([name, field]) => (
        <tr>
          <th scope="row">
            {field.name && <span class="business">{field.name}</span>}
            <code>{name}</code>
            <Marks name={name} contract={contract} filterable={fast.includes(name)} />
          </th>
          <td>
            <Meaning field={field} />
          </td>
          <td class="kind">
            {kindWords(field)}
            <More of={boundsWords(field)} />
            {field.unit && <More of={`unit: ${field.unit}`} />}
          </td>
          <td>
            <span class={`class ${field.class}`}>{field.class}</span>
          </td>
        </tr>
      ))}
    </Table>
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

function Meaning({ field }: { field: Field }) {
  const { means, values, of, from, examples, synonyms = [], fields, items } = field
  return (
    <>
      <LongText text={means} />
      {synonyms.length > 0 && <More of={`also called ${synonyms.join(', ')}`} />}
      {values && <Values values={values} />}
      {examples && (
        <More of={`for example ${examples.map((example) => JSON.stringify(example)).join(', ')}`} />
      )}
      {of && (
        <span class="more">
          joins with <ReferenceLink reference={of} />
        </span>
      )}
      {from && (
        <span class="more">
          {from.length === 0 ? 'shows nothing of the inputs' : 'made of '}
          {from.map((reference, at) => (
            <>
              {at > 0 && ', '}
              <ReferenceLink reference={reference} />
            </>
          ))}
        </span>
      )}
      {fields && <Members fields={fields} />}
      {items?.fields && <Members fields={items.fields} />}
      {items && !items.fields && items.means !== means && <More of={`each: ${items.means}`} />}
    </>
  )
}

const shownValues = 12

function Values({ values }: { values: readonly string[] }) {
  const rest = values.slice(shownValues)
  return (
    <>
      <More of={`one of ${values.slice(0, shownValues).join(', ')}`} />
      {rest.length > 0 && (
        <details class="more">
          <summary>and {rest.length} more</summary>
          {rest.join(', ')}
        </details>
      )}
    </>
  )
}

function Members({ fields }: { fields: Readonly<Record<string, Field>> }) {
  return (
    <ul class="members">
      {Object.entries(fields).map(([name, member]) => (
        <li>
          <code>{name}</code>{' '}
          <span class="quiet">
            {kindWords(member)}, {member.class}
          </span>{' '}
          <LongText text={member.means} />
        </li>
      ))}
    </ul>
  )
}

/** `purchase.orders#order_id`, as a link to the product. */
function ReferenceLink({ reference }: { reference: string }) {
  return <a href={`/products/${reference.split('#')[0]}`}>{reference}</a>
}

function More({ of }: { of: Child | undefined }) {
  return of === undefined ? null : <span class="more">{of}</span>
}
