/** SQL as fragments with bound values, made by Drizzle and run raw: names are quoted and values never become text. */
import { sql, type SQL } from 'drizzle-orm'
import { SQLiteSyncDialect } from 'drizzle-orm/sqlite-core'
import { MAX_PARAMETERS } from '../limits.ts'
import { literalText } from './literal.ts'

export { sql, type SQL } from 'drizzle-orm'

const dialect = new SQLiteSyncDialect()

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
export const commas = (parts: readonly SQL[]): SQL => sql.join([...parts], sql`, `)

/** Item of a row that json_each gives as an array. */
export const item = (index: number): SQL => sql`json_extract(value, ${sql.raw(`'$[${index}]'`)})`

/** All conditions; true when there are none. */
export const and = (parts: readonly SQL[]): SQL =>
  parts.length === 0 ? sql`1` : sql.join([...parts], sql` AND `)

/** What a statement is made by: a D1 database, told apart from the runtime's types so that documents are made without it. */
interface Prepares<Statement> {
  prepare(text: string): { bind(...values: unknown[]): Statement }
}

/** The text of a statement that binds nothing, for migrations. */
export const textOf = (query: SQL): string => dialect.sqlToQuery(query).sql

/** A statement of the database. @throws {RangeError} when it binds more values than D1 takes: a bug, callers bound them. */
export function statement<Statement>(db: Prepares<Statement>, query: SQL): Statement {
  const { sql: text, params } = dialect.sqlToQuery(query)
  if (params.length > MAX_PARAMETERS)
    throw new RangeError(`${params.length} bound values; D1 takes ${MAX_PARAMETERS}`)
  return db.prepare(text).bind(...params)
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
