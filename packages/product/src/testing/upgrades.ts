/** Part of the product suite: a database that was made by earlier migrations, and has rows, goes on after the later ones. */
import { viewOf, wholeView } from '@meshloop/access/claims'
import { expect, it } from 'vitest'
import { visibleBuckets, visibleDimensions } from '../query/visible.ts'
import { levelsOf } from '../table/levels.ts'
import { readSchema } from '../table/schema.ts'
import type { Subject } from './specimen.ts'

type Row = Readonly<Record<string, unknown>>
/** Rows by table. */
type Dump = ReadonlyMap<string, readonly Row[]>

/** Enough for some groups to be told where persons are protected. */
const COUNT = 90

/**
 * Rows are written by today's Worker and put into a database of each earlier migration, as far as it had columns for them: today's
 * Worker answers from it, after the rest of the migrations, as it did before, and takes corrections as it would have.
 */
export function upgradesSuite({ contract, bench, fill }: Subject): void {
  const which = (revision: number) => Array.from({ length: COUNT }, (_, n) => ({ n, revision }))
  const groupings = [...visibleDimensions(contract, wholeView), ...visibleBuckets(contract, wholeView)]
  const total = '/aggregate?limit=1000'
  const totals = [
    total,
    ...groupings.map((by) => `${total}&by=${by}`),
    // As they are kept.
    ...(contract.rollups ?? []).map(
      ({ by, measures }) => `${total}&by=${by.join()}&measures=${measures.join()}`,
    ),
  ]
  const records = ['/records?limit=1000', `/records?limit=1000&sort=-${contract.eventTime}`]
  /** What is asked, and as whom: each view that follows changes by a sequence of its own, and who may read totals alone. */
  const questions = async (): Promise<readonly (readonly [path: string, token: string])[]> => {
    const whole = await bench().token('read')
    const levels = await Promise.all(
      levelsOf(contract).map(async ({ fields }) => {
        const view = await viewOf({ columns: [...contract.key, ...fields], rows: [] })
        return ['/changes?limit=1000', await bench().token('read', { view })] as const
      }),
    )
    const alone = await bench().token('aggregate')
    const by = contract.access?.groups ? `&by=${contract.access.groups.by.join()}` : ''
    return [
      ...[...records, '/changes?limit=1000'].map((path) => [path, whole] as const),
      ...levels,
      ...(contract.measures
        ? [...totals.map((path) => [path, whole] as const), [`${total}${by}`, alone] as const]
        : []),
    ]
  }
  const answers = async () =>
    Promise.all(
      (await questions()).map(async ([path, token]) => {
        const response = await bench().call(path, { headers: { authorization: `Bearer ${token}` } })
        const { next_cursor, ...body } = await response.json<Row>() // sealed, each time otherwise
        const as_of = response.headers.get('meshloop-as-of')
        return { path, status: response.status, as_of, isEnd: next_cursor === null, body }
      }),
    )
  const columns = async (): Promise<ReadonlyMap<string, readonly string[]>> => {
    const tables = await readSchema(async (sql) => (await bench().env.DB.prepare(sql).all()).results)
    return new Map(tables.map((table) => [table.name, table.columns.map(({ name }) => name)]))
  }
  const dump = async (): Promise<Dump> => {
    const rows = new Map<string, readonly Row[]>()
    for (const table of (await columns()).keys())
      rows.set(table, (await bench().env.DB.prepare(`SELECT * FROM "${table}"`).all<Row>()).results)
    return rows
  }
  const load = async (dumped: Dump, into: ReadonlyMap<string, readonly string[]>): Promise<void> => {
    const { DB } = bench().env
    const inserts = [...into].flatMap(([table, names]) =>
      (dumped.get(table) ?? []).map((row) => {
        const known = names.filter((name) => name in row)
        return DB.prepare(
          `INSERT INTO "${table}" (${known.map((name) => `"${name}"`).join()}) VALUES (${known.map(() => '?').join()})`,
        ).bind(...known.map((name) => row[name]))
      }),
    )
    await DB.batch(inserts)
  }

  it('after each earlier migration answer as before, and take what comes', async () => {
    await fill(which(0))
    const [before, dumped] = [await answers(), await dump()]
    expect(before[0]?.body['records']).toHaveLength(COUNT)
    expect(before.filter(({ status }) => status !== 200)).toEqual([])
    await fill(which(1))
    const afterwards = await answers()
    expect(afterwards).not.toEqual(before)
    for (let earlier = bench().migrations - 1; earlier > 0; earlier -= 1) {
      await bench().empty(earlier)
      const there = await columns()
      // Before these fields there was another major: how its rows are filled is the product's own test.
      if (!Object.keys(contract.fields).every((field) => there.get('records')?.includes(field))) break
      await load(dumped, there)
      await bench().migrate(earlier)
      expect(await answers(), `of the first ${earlier}`).toEqual(before)
      await fill(which(1))
      expect(await answers(), `of the first ${earlier}, corrected`).toEqual(afterwards)
    }
  })
}
