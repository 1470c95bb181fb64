/** Grants in a table: what is read, what for, how much of it, and until when. */
import { holds, type Grant } from '../../grants/grant.ts'
import { Table } from '../fact.tsx'
import { fieldsWords, quotaWords, rowsWords, scopesWords } from './terms-words.ts'

/** Grants of one consumer, or of several. */
export function GrantRows({
  grants,
  label,
  by,
  at,
}: {
  grants: readonly Grant[]
  label: string
  by: 'product' | 'both'
  at: string
}) {
  const columns = ['Product', ...(by === 'both' ? ['Consumer'] : []), 'What for', 'What it shows', 'State']
  return (
    <Table label={label} columns={columns}>
      {grants.map((grant) => (
        <tr>
          <th scope="row">
            <a href={`/grants/${grant.id}`}>
              {grant.product} v{grant.major}
            </a>
          </th>
          {by === 'both' && (
            <td>
              <code>{grant.consumer}</code>
            </td>
          )}
          <td class="said">{grant.purpose}</td>
          <td class="said">
            {scopesWords(grant)}
            <span class="more">{fieldsWords(grant, null)}</span>
            {grant.view.rows.length > 0 && <span class="more">{rowsWords(grant)}</span>}
            {grant.rows_per_day !== null && <span class="more">{quotaWords(grant.rows_per_day)}</span>}
          </td>
          <td>
            <GrantState grant={grant} at={at} />
          </td>
        </tr>
      ))}
    </Table>
  )
}

/** Whether it holds, in a coloured word, and until when. */
export function GrantState({ grant, at }: { grant: Pick<Grant, 'revoked_at' | 'ends_at'>; at: string }) {
  const { state, words } = grantState(grant, at)
  return <span class={`state ${state}`}>{words}</span>
}

/** `until 2027-01-31`. */
export function grantState({ revoked_at, ends_at }: Pick<Grant, 'revoked_at' | 'ends_at'>, at: string) {
  if (revoked_at !== null) return { state: 'revoked', words: `revoked ${revoked_at.slice(0, 10)}` } as const
  if (!holds({ revoked_at, ends_at }, at)) return { state: 'ended', words: 'ended' } as const
  return { state: 'holds', words: ends_at === null ? 'holds' : `until ${ends_at.slice(0, 10)}` } as const
}
