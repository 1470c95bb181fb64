/** The lease: one tick at a time, and whoever was overtaken can write no more. */

/** Thrown by every write of a tick that another one has overtaken. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost'
  readonly code = 'lease_lost'

  constructor() {
    super('A later tick has taken over; what this one did until then stands.')
  }
}

/** A tick's right to write. */
export interface Lease {
  readonly fence: number
  /**
   * One transaction, which fails as a whole unless this tick is still the latest.
   *
   * @throws {LeaseLost}
   */
  readonly write: (statements: readonly D1PreparedStatement[]) => Promise<void>
}

/** Longer than a tick takes, its last calls included. A killed tick costs one minute. */
const LEASE_MS = 75_000

/** Takes the lease; null while another tick has it. */
export async function takeLease(db: D1Database, now: number): Promise<Lease | null> {
  const fence = await db
    .prepare('UPDATE lease SET fence = fence + 1, until = ?1 + ?2 WHERE until <= ?1 RETURNING fence')
    .bind(now, LEASE_MS)
    .first<number>('fence')
  if (fence === null) return null
  return {
    fence,
    async write(statements) {
      const guard = db.prepare(
        'INSERT OR REPLACE INTO guard (one, ok) VALUES (1, (SELECT fence FROM lease) = ?1)',
      )
      try {
        await db.batch([guard.bind(fence), ...statements])
      } catch (error) {
        if (error instanceof Error && error.message.includes('CHECK constraint failed: ok = 1'))
          throw new LeaseLost()
        throw error
      }
    },
  }
}

/** The statement that gives the lease back: part of a tick's last transaction. */
export const giveBack = (db: D1Database): D1PreparedStatement => db.prepare('UPDATE lease SET until = 0')
