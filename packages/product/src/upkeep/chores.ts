/** What a product's Worker does by itself, every few minutes: chores, each bounded, and each failing alone. */
import type { Runtime } from '../env.ts'
import { letsLeave } from '../exports/archived.ts'
import { evict } from '../exports/evict.ts'
import type { Exporting } from '../exports/exporting.ts'
import { exportStep } from '../exports/step.ts'
import { KEPT_MS } from '../ingest/idempotency.ts'
import { optimize } from '../plan/statistics.ts'
import { keepProgress } from '../store/state.ts'
import { sql, statement } from '../store/sql.ts'
import { forgetCosts } from '../usage/costs.ts'
import { forgetDeletions } from './forget-deletions.ts'
import { mark } from './marks.ts'

/** One thing to do. It may be broken off, repeated, and run beside itself. */
export interface Chore {
  readonly name: string
  readonly run: (runtime: Runtime) => Promise<unknown>
}

/** All of them, in their order. */
const chores: readonly Chore[] = [
  { name: 'marks', run: ({ reader: { db }, now }) => mark(db, now()) },
  {
    name: 'deletions',
    run: ({ reader: { db }, contract, now }) => forgetDeletions(db, contract, now()),
  },
  {
    name: 'exports',
    run: async (runtime) => {
      if (runtime.contract.exports) await exportStep(exportingOf(runtime))
    },
  },
  {
    name: 'leaving records',
    run: async (runtime) => {
      if (letsLeave(runtime.contract)) await evict(exportingOf(runtime))
    },
  },
  {
    name: 'repeats',
    run: ({ reader: { db }, now }) =>
      statement(
        db,
        sql`DELETE FROM _idempotency WHERE at < ${new Date(now() - KEPT_MS).toISOString()}`,
      ).run(),
  },
  { name: 'costs', run: ({ reader: { db }, now }) => forgetCosts(db, now()) },
  { name: 'statistics', run: ({ reader: { db } }) => optimize(db) },
  // What an older Worker claimed beside this one, without a change, and what left.
  { name: 'progress', run: ({ reader: { db } }) => statement(db, keepProgress).run() },
]

function exportingOf({
  contract,
  contractHash,
  env,
  reader: { db, expected },
  exportKey,
  fills,
  now,
}: Runtime): Exporting {
  if (!env.EXPORTS)
    throw new TypeError(`${contract.id} declares exports: bind a bucket as EXPORTS in its wrangler.toml`)
  return {
    db,
    bucket: env.EXPORTS,
    contract,
    contractHash,
    expected,
    key: exportKey,
    fills,
    now,
    newId: () => crypto.getRandomValues(new Uint8Array(4)).toHex(),
  }
}

/** Does the chores one after the other. @returns names of those that failed; why is in the Worker's log */
export async function doChores(runtime: Runtime, all: readonly Chore[] = chores): Promise<string[]> {
  const failed: string[] = []
  for (const { name, run } of all)
    try {
      await run(runtime)
    } catch (error) {
      // oxlint-disable-next-line no-console -- a Worker's log is its console
      console.error(`The chore ${name} of ${runtime.contract.id} failed:`, error)
      failed.push(name)
    }
  return failed
}
