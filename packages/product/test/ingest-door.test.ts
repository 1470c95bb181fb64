/** What keeps writes from piling up, and what is said when the database cannot take more. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { accept, type Ingest } from '../src/ingest/accept.ts'
import { createDoor } from '../src/ingest/door.ts'
import { judgeFor } from '../src/ingest/judge.ts'
import { problemResponse } from '../src/http/problem.ts'
import { MAX_BATCH_ROWS, MAX_QUERIES, MAX_STREAM_ROWS } from '../src/limits.ts'
import { meterOf } from '../src/store/meter.ts'
import type { Bench } from '../src/testing/index.ts'
import { asSource, openThings, thing, things } from './ingest-things.ts'

const bounds = { atWork: 2, waiting: 2, ofOneSource: { atWork: 2, waiting: 2 }, databaseBytes: 1_000 }

describe('the door', () => {
  const clock = { ms: 0 }
  const open = (more: Partial<typeof bounds> = {}) => {
    const pause = async () => scheduler.wait(1)
    const door = createDoor({ now: () => clock.ms, pause, bounds: { ...bounds, ...more } })
    const ends: (() => void)[] = []
    const begun: number[] = []
    const enter = (n: number, source = 'one') =>
      door.enter(source, async () => {
        begun.push(n)
        await new Promise<void>((resolve) => void ends.push(resolve))
        return n
      })
    return { door, ends, begun, enter }
  }

  it('lets few work, some wait in their order, and sends the rest away before anything is done', async () => {
    const { ends, begun, enter } = open()
    const [first, second, third, fourth] = [1, 2, 3, 4].map((n) => enter(n))
    await expect(enter(5)).rejects.toMatchObject({ code: 'overloaded', retryAfterSeconds: 2 })
    expect(begun).toEqual([1, 2])
    ends[0]?.()
    expect(await first).toBe(1)
    await vi.waitFor(() => expect(begun).toEqual([1, 2, 3]))
    ends[1]?.()
    await second
    await vi.waitFor(() => expect(begun).toEqual([1, 2, 3, 4]))
    ends[2]?.()
    ends[3]?.()
    expect(await Promise.all([third, fourth])).toEqual([3, 4])
  })

  it('does not wait for ever for who is gone', async () => {
    const { begun, enter } = open()
    void enter(1)
    void enter(2)
    clock.ms += 60_001
    void enter(3)
    await vi.waitFor(() => expect(begun).toEqual([1, 2, 3]))
  })

  it('is not shut by one source to the others', async () => {
    const { ends, begun, enter } = open({ ofOneSource: { atWork: 1, waiting: 1 } })
    const [first, second] = [enter(1), enter(2)]
    await expect(enter(3)).rejects.toMatchObject({ code: 'overloaded' })
    const other = enter(4, 'two')
    expect(begun).toEqual([1, 4])
    ends[0]?.()
    await first
    await vi.waitFor(() => expect(begun).toEqual([1, 4, 2]))
    ends[1]?.()
    ends[2]?.()
    expect(await Promise.all([second, other])).toEqual([2, 4])
  })

  it('sends away who has waited for too long, and lets nobody wait for ever', async () => {
    const { begun, enter } = open()
    for (const n of [1, 2]) void enter(n)
    const waits = enter(3)
    clock.ms += 60_001
    void enter(4)
    await expect(waits).rejects.toMatchObject({ code: 'overloaded', retryAfterSeconds: 2 })
    expect(begun).toEqual([1, 2, 4])
  })

  it('is shut for a minute when the database is nearly full', async () => {
    const { door } = open()
    const work = async () => 'done'
    door.sized(1_000)
    await expect(door.enter('one', work)).rejects.toMatchObject({ code: 'database_full' })
    clock.ms += 60_000
    expect(await door.enter('one', work)).toBe('done')
    door.sized(999)
    expect(await door.enter('one', work)).toBe('done')
  })
})

describe('what the database says', () => {
  afterEach(() => void vi.restoreAllMocks())
  it.each([
    ['D1_ERROR: D1 DB is overloaded. Requests queued for too long.', 429, 'overloaded', '10'],
    ['D1_ERROR: D1 DB is overloaded. Too many requests queued.', 429, 'overloaded', '10'],
    ['D1_ERROR: Exceeded maximum DB size.', 507, 'database_full', '3600'],
    ['D1_ERROR: database or disk is full: SQLITE_FULL', 507, 'database_full', '3600'],
    ['D1_ERROR: D1 DB storage operation exceeded timeout which caused object to be reset.', 503, 'database_unavailable', '30'],
    ['D1_ERROR: Network connection lost.', 503, 'database_unavailable', '30'],
    ['D1_ERROR: near "SELEC": syntax error', 500, 'internal', null],
  ])('%s', async (message, status, code, retryAfter) => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const addresses = { ISSUER: 'https://catalog.test', BASE_URL: 'https://data.test/a/things/v1' }
    const response = problemResponse(new Error(message), addresses)
    expect(response.headers.get('retry-after')).toBe(retryAfter)
    const problem = await response.json()
    expect([response.status, problem]).toMatchObject([status, { code }])
    expect(JSON.stringify(problem)).not.toContain('D1')
  }) // prettier-ignore
})

describe('queries of one invocation', () => {
  let bench: Bench
  beforeEach(async () => {
    bench = await openThings()
  })
  const ingestOf = (db: D1Database): Ingest => ({
    db,
    contract: things,
    judge: judgeFor(things),
    sources: { one: { over: 'http' }, two: { over: 'http' } },
    expected: ['one'],
    now: () => Date.UTC(2027, 0),
    newIncarnation: () => 'one',
  })
  const rows = Array.from({ length: MAX_BATCH_ROWS }, (_, n) => thing(n))

  it('are counted, and as many batches fit as a body may have', async () => {
    const db = bench.env.DB
    let made = 0
    const counting = meterOf({
      prepare: (text: string) => db.prepare(text),
      batch: async <T>(all: D1PreparedStatement[]) => {
        made += all.length
        return db.batch<T>(all)
      },
    } as unknown as D1Database) // what a meter needs of one
    const { queries, accepted } = await accept(ingestOf(counting.db), 'one', rows, [])
    expect(accepted).toBe(MAX_BATCH_ROWS)
    expect(queries).toBe(made + Math.ceil(MAX_BATCH_ROWS / 2_000)) // those that ask whose records they are go one by one
    expect(queries * (MAX_STREAM_ROWS / MAX_BATCH_ROWS)).toBeLessThan(MAX_QUERIES / 2)
  })

  it('that are not left are not begun', async () => {
    const { DB } = bench.env
    const { queries } = await accept(ingestOf(DB), 'one', rows.slice(0, 10), [])
    const more = rows.slice(10, 20)
    await expect(accept(ingestOf(DB), 'one', more, [], { queries: queries - 1 })).rejects.toMatchObject({ code: 'body_too_large' }) // prettier-ignore
    expect(await DB.prepare('SELECT count(*) AS n FROM records').first('n')).toBe(10)
    expect(await accept(ingestOf(DB), 'one', more, [], { queries })).toMatchObject({ accepted: 10 })
  })

  it('are refused over HTTP when too many come at once, and what was sent away was not taken', async () => {
    const send = asSource(bench)
    const all = await Promise.all(Array.from({ length: 40 }, (_, n) => send('/ingest', { rows: [thing(n)] })))
    const statuses = all.map(({ status }) => status)
    const refused = all.filter(({ status }) => status === 429)
    expect(new Set(statuses)).toEqual(new Set([200, 429]))
    expect(refused.every(({ headers }) => headers.get('retry-after') === '2')).toBe(true)
    expect(await bench.env.DB.prepare('SELECT count(*) AS n FROM records').first('n')).toBe(
      40 - refused.length,
    )
  })
})

it('a batch of the queue that cannot be written is tried again later each time', async () => {
  const bench = await openThings()
  await bench.env.DB.prepare('DROP TABLE _batches').run()
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const body = await bench.message({ n: 1, rows: [thing(1)] })
  const delays: unknown[] = []
  const messages = [1, 2, 5, 100].map((attempts) => ({
    body,
    attempts,
    ack: () => undefined,
    retry: (options: unknown) => void delays.push(options),
  }))
  await bench.worker.queue({ queue: 'a-things-ingest', messages } as unknown as MessageBatch, bench.env)
  expect(delays).toEqual([5, 10, 80, 600].map((delaySeconds) => ({ delaySeconds })))
})
