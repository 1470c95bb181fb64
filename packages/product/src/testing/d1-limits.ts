/** Limits of statements and bound values that D1 has as deployed and the local one has not: a test's are refused as they would be there. */
import { MAX_PARAMETERS } from '../limits.ts'
import { bytesOf } from '../store/json-chunks.ts'

/** https://developers.cloudflare.com/d1/platform/limits/: of a string or BLOB, and of a statement's text. */
const MAX_VALUE_BYTES = 2_000_000
const MAX_STATEMENT_BYTES = 100_000

const made = new WeakMap<D1Database, D1Database>()

/** The database, refusing what is longer than D1 takes; always the same for the same, as a binding is. @throws {RangeError} */
export const withinLimits = (db: D1Database): D1Database => {
  const known = made.get(db) ?? limitedTo(db)
  made.set(db, known)
  return known
}

function limitedTo(db: D1Database): D1Database {
  const limited: Pick<D1Database, 'prepare' | 'batch' | 'exec'> = {
    prepare(text) {
      refuseLonger(text, MAX_STATEMENT_BYTES, 'a statement')
      const statement = db.prepare(text)
      const bind = statement.bind.bind(statement)
      statement.bind = (...values) => {
        if (values.length > MAX_PARAMETERS)
          throw new RangeError(
            `D1 takes ${MAX_PARAMETERS} parameters, not ${values.length}: ${text.slice(0, 200)}`,
          )
        for (const value of values)
          if (typeof value === 'string')
            refuseLonger(value, MAX_VALUE_BYTES, `a value of ${text.slice(0, 200)}`)
        return bind(...values)
      }
      return statement
    },
    batch: async (statements) => db.batch(statements),
    exec: async (text) => db.exec(text),
  }
  return limited as D1Database // the methods that products and their tests use
}

function refuseLonger(text: string, most: number, what: string): void {
  const bytes = bytesOf(text)
  if (bytes > most) throw new RangeError(`D1 takes ${most} bytes, not ${bytes}: ${what}`)
}
