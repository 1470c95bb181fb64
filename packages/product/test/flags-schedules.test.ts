/**
 * The flags port under any schedule: writes, crashes between any two transactions, stewards that die between any two
 * steps, failing puts, overlapping runs, other secrets and contracts.
 */
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { ProductError } from '../src/problems.ts'
import { dearRuns } from '../src/testing/runs.ts'
import {
  bindings,
  createWorld,
  gone,
  OTHER_SECRET,
  score,
  START,
  MINUTE,
  type Going,
  type World,
} from './flag-set.ts'

const people = ['a', 'b', 'c', 'd', 'e', 'f']
const who = fc.constantFrom(...people)
/** Small, so that schedules end in the middle of reading and of staging. */
const bounds = { feedRows: 2, feedPages: 2, offeredPages: 16 }

/** Each batch is one moment; a reading step of two records ends in the middle of it. */
const writes = fc.uniqueArray(fc.tuple(who, fc.nat(3)), {
  minLength: 1,
  maxLength: 6,
  selector: ([name]) => name,
})

const going: fc.Arbitrary<Going> = fc.record(
  {
    diesBefore: fc.constantFrom('pages' as const, 'commit' as const, 'head' as const),
    failing: fc.nat(3).map((every) => (put: number) => put % 4 === every),
    gate: fc.record({ open: fc.boolean() }),
    secret: fc.constant(OTHER_SECRET),
    hash: fc.constantFrom('another', 'a third'),
  },
  { requiredKeys: [] },
)
const act = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('write' as const), writes }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), who }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('run' as const), going }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('overlap' as const), going }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('crash' as const),
      going,
      at: fc.nat(14),
      committed: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('overtaken' as const),
      writes,
      at: fc.nat(14),
      going,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('wait' as const), minutes: fc.constantFrom(1, 6, 90, 1_600) }),
  },
)

it('shows one moment of the records, never ahead of its watermark, and at last the newest', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 30 }), async (acts) => {
      const world = await createWorld()
      const moments = createMoments()
      let rev = 0
      for (const step of acts) {
        rev++
        world.minutesPass(1)
        const upTo = Math.round((world.clock.nowMs - START) / MINUTE)
        const write = async (rows: readonly (readonly [string, number])[]) => {
          await world.send(
            rows.map(([name, value]) => score(name, rev, value)),
            upTo,
          )
          moments.add(upTo, rows)
        }
        switch (step.do) {
          case 'write':
            await write(step.writes)
            break
          case 'delete':
            await world.send([gone(step.who, rev)], upTo)
            moments.add(upTo, [[step.who, null]])
            break
          case 'run':
            await world.run({ bounds, ...step.going }).catch(expectConflict)
            break
          case 'overlap':
            for (const outcome of await Promise.allSettled(
              [1, 2, 3].map(() => world.run({ bounds, ...step.going })),
            ))
              if (outcome.status === 'rejected') expectConflict(outcome.reason)
            break
          case 'crash':
            await world
              .run({ bounds, ...step.going, db: failing(bindings.DB, step.at, step.committed) })
              .catch(expectCrash)
            break
          case 'overtaken': {
            const overtake = async () => {
              await write(step.writes)
              await world.run({ bounds, ...step.going })
            }
            await world.run({ bounds, db: interrupted(bindings.DB, step.at, overtake) }).catch(expectConflict)
            break
          }
          case 'wait':
            world.minutesPass(step.minutes)
        }
        await expectOneMoment(world, moments)
      }
      await settle(world)
      expect(await contentOf(world)).toEqual(moments.last())
    }),
    dearRuns(40, 10),
  )
}, 600_000)

type Scores = Readonly<Record<string, number | null>>

/** What the records were at each moment, and up to when they were complete. */
function createMoments() {
  const all: { readonly upTo: number; readonly scores: Scores }[] = [
    { upTo: -1, scores: Object.fromEntries(people.map((name) => [name, null])) },
  ]
  const last = (): Scores => all.at(-1)?.scores ?? {}
  return {
    last,
    add: (upTo: number, changes: readonly (readonly [string, number | null])[]) =>
      void all.push({ upTo, scores: { ...last(), ...Object.fromEntries(changes) } }),
    /** The latest moment with these scores. */
    find: (scores: Scores) =>
      all.findLast((moment) => JSON.stringify(moment.scores) === JSON.stringify(scores)),
  }
}

/** What a cold reader says about everybody; null for who is unknown. */
async function contentOf(world: World): Promise<Scores> {
  const reader = world.reader()
  const readings = await Promise.all(people.map((name) => reader.read(name)))
  return Object.fromEntries(
    readings.map((reading, at) => [
      people[at],
      'entry' in reading ? Number(reading.entry?.['score'] ?? NaN) : null,
    ]),
  )
}

async function expectOneMoment(world: World, moments: ReturnType<typeof createMoments>): Promise<void> {
  const reader = world.reader()
  const readings = await Promise.all(people.map((name) => reader.read(name)))
  const [first] = readings
  if (first?.state === 'unavailable') {
    expect(first.cause).toMatch(/^head_(missing|expired)$/)
    return
  }
  const shown = Object.fromEntries(
    readings.map((reading, at) => {
      expect(reading.state).not.toMatch(/untrusted|unavailable/)
      const entry = 'entry' in reading ? reading.entry : null
      return [people[at], entry === null ? null : Number(entry['score'])]
    }),
  )
  const moment = moments.find(shown)
  expect(moment, `nobody ever wrote ${JSON.stringify(shown)}`).toBeDefined()
  const { watermark } = first?.evidence ?? {}
  if (typeof watermark === 'number') expect(moment?.upTo).toBeGreaterThanOrEqual((watermark - START) / MINUTE)
}

/** Without further trouble everything is out after a few runs, and every head that was ever committed had its own epoch. */
async function settle(world: World): Promise<void> {
  await world.send([], Math.round((world.clock.nowMs - START) / MINUTE))
  for (let run = 0; run < 3; run++) {
    world.minutesPass(1)
    await world.run()
  }
  const epochs = world.committed.flatMap(({ head }) => (head ? [head.epoch] : []))
  expect(new Set(epochs).size).toBe(epochs.length)
  const { state, evidence } = await world.read('a')
  expect(state).toMatch(/^(known|unknown)$/)
  expect(evidence.epoch).toBe(Math.max(...epochs))
}

function expectConflict(error: unknown): void {
  expect(error).toBeInstanceOf(ProductError)
  expect((error as ProductError).code).toMatch(/^(run_conflict|flags_stopped)$/)
}

const expectCrash = (error: unknown): void => {
  if (!String(error).includes('Network connection lost')) expectConflict(error)
}

/** A database that is lost at one of its transactions, before or after the commit. */
const failing = (db: D1Database, at: number, committed: boolean): D1Database =>
  withBatch(db, async (commit, index) => {
    if (index === at && !committed) throw new Error('D1_ERROR: Network connection lost')
    const results = await commit()
    if (index === at) throw new Error('D1_ERROR: Network connection lost')
    return results
  })

/** A database where something else happens before one of the transactions. */
const interrupted = (db: D1Database, at: number, meanwhile: () => Promise<void>): D1Database =>
  withBatch(db, async (commit, index) => {
    if (index === at) await meanwhile()
    return commit()
  })

function withBatch(
  db: D1Database,
  around: (commit: () => Promise<D1Result[]>, index: number) => Promise<D1Result[]>,
): D1Database {
  let batches = 0
  return new Proxy(db, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target)
      if (property !== 'batch') return value instanceof Function ? value.bind(target) : value
      return (statements: D1PreparedStatement[]) => around(() => target.batch(statements), batches++)
    },
  })
}
