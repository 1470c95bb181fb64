/** What the queries of one request cost: a database that counts the rows which pass through it. */

/** Rows that D1 bills: read (scanned, whether or not they are answered) and written (indexes included). */
export interface Cost {
  readonly rowsRead: number
  readonly rowsWritten: number
}

/** A database for one request, or one run, and what was spent on it so far. */
export interface Meter {
  readonly db: D1Database
  readonly cost: () => Cost
}

/** Counts what is spent through `db`. Statements are made and run with it alone: one of another database is not counted. */
export function meterOf(db: D1Database): Meter {
  let rowsRead = 0
  let rowsWritten = 0
  const spend = <R extends { readonly meta: D1Meta & Record<string, unknown> }>(result: R): R => {
    rowsRead += result.meta.rows_read
    rowsWritten += result.meta.rows_written
    return result
  }
  const statements = new WeakMap<D1PreparedStatement, D1PreparedStatement>()
  const metered = (statement: D1PreparedStatement): D1PreparedStatement => {
    const counting: Pick<D1PreparedStatement, 'bind' | 'all' | 'run' | 'first'> = {
      bind: (...values) => metered(statement.bind(...values)),
      all: async <T>() => spend(await statement.all<T>()),
      run: async <T>() => spend(await statement.run<T>()),
      // The binding's own `first` does not say what it read.
      first: async (...columns: unknown[]) => {
        if (columns.length > 0) throw new TypeError('a metered statement has no first(column)')
        return spend(await statement.all()).results[0] ?? null
      },
    }
    statements.set(counting as D1PreparedStatement, statement)
    return counting as D1PreparedStatement // the four methods that are used here
  }
  const counting: Pick<D1Database, 'prepare' | 'batch'> = {
    prepare: (text) => metered(db.prepare(text)),
    batch: async <T>(all: D1PreparedStatement[]) =>
      (await db.batch<T>(all.map((each) => statements.get(each) ?? each))).map(spend),
  }
  return { db: counting as D1Database, cost: () => ({ rowsRead, rowsWritten }) } // the two methods that are used here
}
