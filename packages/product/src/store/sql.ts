/** SQL as fragments with bound values: names are quoted, and values never become text. */
import { MAX_PARAMETERS } from '../limits.ts'
import { literalText } from './literal.ts'

/** What D1 binds. SQLite has no booleans. */
export type Bindable = string | number | null

/** A part of a statement: its text, and the values that stand where the text has question marks. */
export class SQL {
  readonly text: string
  readonly values: readonly Bindable[]
  constructor(text: string, values: readonly Bindable[]) {
    this.text = text
    this.values = values
  }
}

const NONE: readonly Bindable[] = []

/**
 * A fragment. What stands in `${}` is another fragment, which becomes a part of this one, or a value, which is bound.
 * The text is put together at once: a request makes it as it goes, and most of what it is made of is there already.
 */
export function sql(strings: TemplateStringsArray, ...parts: readonly (SQL | Bindable)[]): SQL {
  let text = strings[0] ?? ''
  let values: Bindable[] | undefined
  let index = 0
  for (const part of parts) {
    if (part instanceof SQL) {
      text += part.text
      if (part.values.length > 0) (values ??= []).push(...part.values)
    } else {
      text += '?'
      ;(values ??= []).push(part)
    }
    index += 1
    text += strings[index] ?? ''
  }
  return new SQL(text, values ?? NONE)
}

/** A text of the program as a part of a statement. Nothing that came from elsewhere may be in it. */
sql.raw = (text: string): SQL => new SQL(text, NONE)

/** Fragments one after the other, with another between. */
sql.join = (parts: readonly SQL[], separator: SQL): SQL => {
  let text = ''
  let between = ''
  const values: Bindable[] = []
  for (const part of parts) {
    text += between + part.text
    between = separator.text
    values.push(...part.values)
  }
  return new SQL(text, values)
}

/**
 * The text of a quoted column or table. In backticks: what stands in double quotes is taken for a text by SQLite where no
 * such column is, and a Worker deployed before its migration would answer names of columns as values.
 */
export const quoted = (text: string): string => `\`${text.replaceAll('`', '``')}\``

/** A quoted column or table: see {@link quoted}. */
export const name = (text: string): SQL => sql.raw(quoted(text))

/** A value of a contract as a part of the statement's text, where it cannot be bound: see {@link literalText}. */
export const literal = (value: string | number | boolean | null): SQL => sql.raw(literalText(value))

/** Fragments one after the other, with commas between. */
export const commas = (parts: readonly SQL[]): SQL => sql.join(parts, sql`, `)

/** Item of a row that json_each gives as an array. */
export const item = (index: number): SQL => sql`json_extract(value, ${sql.raw(`'$[${index}]'`)})`

/** All conditions; true when there are none. */
export const and = (parts: readonly SQL[]): SQL => (parts.length === 0 ? sql`1` : sql.join(parts, sql` AND `))

/** What a statement is made by: a D1 database, told apart from the runtime's types so that documents are made without it. */
interface Prepares<Statement> {
  prepare(text: string): { bind(...values: unknown[]): Statement }
}

/** The text of a statement that binds nothing, for migrations. @throws {TypeError} when it binds something */
export function textOf({ text, values }: SQL): string {
  if (values.length > 0) throw new TypeError(`a text cannot bind values: ${text}`)
  return text
}

/** A statement of the database. @throws {RangeError} when it binds more values than D1 takes: a bug, callers bound them. */
export function statement<Statement>(db: Prepares<Statement>, { text, values }: SQL): Statement {
  if (values.length > MAX_PARAMETERS)
    throw new RangeError(`${values.length} bound values; D1 takes ${MAX_PARAMETERS}`)
  return db.prepare(text).bind(...values)
}

/**
 * A statement that fails, and its transaction with it, unless the condition holds. Put it first.
 * {@link isGuardFailure} tells its failure from others.
 */
export const guard = (condition: SQL): SQL =>
  sql`INSERT OR REPLACE INTO _guard (one, ok) VALUES (1, coalesce(${condition}, 0))`

/** True for the failure of a {@link guard}. */
export const isGuardFailure = (error: unknown): boolean =>
  error instanceof Error && /CHECK constraint failed: ok = 1/.test(error.message)
