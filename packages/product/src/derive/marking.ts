/** What must be built anew because of rows of an input: their keys at once, or walks that find the keys a few at a time. */
import { commas, sql, type SQL } from '../store/sql.ts'
import { isWhole, type Derivation, type Followed } from './derivation.ts'
import { mirrorName } from './mirrored.ts'

/** Where a walk begins. */
export const BEGINNING = ''

/** A walk as it stands: see the table `_walks`. */
export interface Walk {
  /** The table walked through: a mirror or `records`, and for a walk by fields {@link FIELDS} of a mirror. */
  readonly name: string
  readonly parts: string
  readonly value: string
  readonly after: string
  readonly again: 0 | 1
}

const FIELDS = 'via '

/** Name of walks through a mirror by fields of its own, and not by parts of the key. An earlier release passes them over. */
const byFields = (mirror: string): string => `${FIELDS}${mirror}`

/** The table that walks of this name go through, and whether by fields of its own. */
export const walkedBy = (name: string): { readonly table: string; readonly isByFields: boolean } =>
  name.startsWith(FIELDS)
    ? { table: name.slice(FIELDS.length), isByFields: true }
    : { table: name, isByFields: false }

/**
 * What rows belong to must be built anew: `groups` selects it as JSON arrays, `grp`. Of an input that names parts of the key
 * these are all keys with such parts, that the others know; of one that another leads to, what that one's rows belong to.
 */
export function mark({ out, inputs }: Derivation, input: Followed, groups: SQL): SQL[] {
  const { leader, parts } = input
  if (isWhole(out, input)) return [sql`INSERT OR IGNORE INTO _dirty SELECT grp FROM (${groups})`]
  if (leader)
    return [
      beginWalks(
        sql`SELECT ${byFields(mirrorName(leader.name))}, ${leader.fields.join()}, grp FROM (${groups})`,
      ),
    ]
  return Object.entries(inputs).flatMap(([other, each]) =>
    isWhole(out, each)
      ? [beginWalks(sql`SELECT ${mirrorName(other)}, ${parts.join()}, grp FROM (${groups})`)]
      : [],
  )
}

/** The statements after which every record is built anew, those that are no more included; where `condition` holds. */
export const walkAll = ({ out, inputs }: Derivation, condition = sql`1`): SQL[] => {
  const whole = Object.entries(inputs).flatMap(([key, input]) =>
    isWhole(out, input) ? [mirrorName(key)] : [],
  )
  return ['records', ...whole].map((table) => beginWalks(sql`SELECT ${table}, '', '[]' WHERE ${condition}`))
}

/**
 * Begins walks: `from` selects name, parts and value. One that is under way goes on to its end first: begun anew with every
 * change, it would never get there where changes come faster than it walks.
 */
const beginWalks = (from: SQL): SQL => sql`
  INSERT INTO _walks (name, parts, value, after, again) SELECT w.*, ${BEGINNING}, 0 FROM (${from}) w WHERE true
  ON CONFLICT (name, parts, value) DO UPDATE SET again = after <> ${BEGINNING}`

/** A JSON array of values, as what rows belong to is written. */
export const groupOf = (values: readonly SQL[]): SQL => sql`json_array(${commas(values)})`
