/** Who reads a product, what of it and when last; and who is still on an older major. */
import type { ProductDocument } from '../products/documents.ts'
import type { ConsumerUse } from '../products/usage.ts'
import { accessWords } from './contract-words.ts'
import { Section, Table } from './fact.tsx'
import { formatCount } from './format.ts'

/** The section. */
export function Consumers({ product }: { product: ProductDocument }) {
  const { consumers, owner, older, id, major, contract } = product
  return (
    <Section id="consumers" title="Who reads it">
      {consumers.length === 0 ? (
        <p class="quiet">Nobody has a grant yet.</p>
      ) : (
        <Uses label="Consumers" uses={consumers} />
      )}
      <div class="ask">
        {accessWords(contract, owner.team).map((words) => (
          <p>{words}</p>
        ))}
        <p class="buttons">
          <a class="button" href={`/products/${id}/request?major=${major}`}>
            Ask for access
          </a>
        </p>
      </div>
      {older.map(({ major, version, end_of_life, consumers: left }) => (
        <>
          <h3>
            Still on <a href={`/products/${id}?major=${major}`}>version {version}</a>
          </h3>
          <p>{endWords(end_of_life)}</p>
          {left.length === 0 ? (
            <p class="quiet">Nobody has a grant for it.</p>
          ) : (
            <Uses label={`Consumers of version ${version}`} uses={left} />
          )}
        </>
      ))}
    </Section>
  )
}

function Uses({ label, uses }: { label: string; uses: readonly ConsumerUse[] }) {
  return (
    <Table label={label} columns={['Consumer', 'What for', 'Fields', 'Last read', 'Requests in 30 days']}>
      {uses.map((use) => (
        <tr>
          <th scope="row">
            <code>{use.consumer}</code>
          </th>
          <td>{use.purpose}</td>
          <td>{fieldsWords(use)}</td>
          <td>
            {use.last_read === null ? (
              lastReadWords(use)
            ) : (
              <time datetime={use.last_read}>{use.last_read}</time>
            )}
          </td>
          <td>{use.requests_30_days === null ? 'not known' : formatCount(use.requests_30_days)}</td>
        </tr>
      ))}
    </Table>
  )
}

/** Until when an older major is there. */
export const endWords = (endOfLife: string | null): string =>
  endOfLife === null ? 'It has no end yet.' : `It answers until ${endOfLife}.`

/** `any`, or the names. */
export const fieldsWords = ({ fields }: ConsumerUse): string =>
  fields === null ? 'any' : fields.length === 0 ? 'none' : fields.join(', ')

/** The day; or that it has not read, or that nobody knows. */
export function lastReadWords({ last_read, requests_30_days }: ConsumerUse): string {
  if (last_read !== null) return last_read
  return requests_30_days === null ? 'not known' : 'not since it is counted'
}
