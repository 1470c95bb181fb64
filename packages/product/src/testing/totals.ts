/** Part of the product suite: what whoever may read totals alone is told, and that small groups are in none of them. */
import { groupFields, ports } from '@meshloop/contract'
import { describe, expect, it } from 'vitest'
import type { Subject } from './specimen.ts'

type Row = Readonly<Record<string, unknown>>
interface Answer {
  readonly groups: readonly Row[]
  readonly protected?: { readonly least: number }
}

/** Enough for some groups to be large, by however many persons. */
const COUNT = 90

/** Totals of a grant that shows totals alone. */
export function totalsSuite({ contract, record, bench, fill }: Subject): void {
  const { access: { groups: rule } = {}, measures = {} } = contract
  const which = Array.from({ length: COUNT }, (_, n) => ({ n, revision: 0 }))
  const rows = which.map(({ n, revision }) => record(n, revision))
  const init = async () => ({ headers: { authorization: `Bearer ${await bench().token('aggregate')}` } })
  const totals = async (query: string) => bench().json<Answer>(`/aggregate?limit=1000&${query}`, await init())
  const additive = Object.entries(measures).filter(([, measure]) => 'count' in measure || 'sum' in measure)

  const protects = async () => {
    if (!rule) return
    await fill(which)
    const { groups, ...rest } = await totals(`by=${rule.by.join(',')}`)
    expect(rest.protected).toEqual({ least: rule.least })
    const cell = groupFields(contract)
    const counted = countedOf(rows, { ...rule, cell })
    expect(counted.size).toBeGreaterThan(0)
    expect(new Set(groups.map((group) => keyOf(group, cell)))).toEqual(new Set(counted.keys()))
    for (const [name, measure] of additive) {
      if ('count' in measure)
        for (const group of groups) expect(group[name]).toBe(counted.get(keyOf(group, cell)))
      // Nothing that a finer answer leaves out is in a coarser one.
      const coarse = (await totals(`measures=${name}`)).groups
      expect(sumOf(coarse, name)).toBeCloseTo(sumOf(groups, name))
    }
    const refused = await bench().call(
      `/aggregate?${contract.eventTime}[gte]=2026-01-01T00:00:00.000Z`,
      await init(),
    )
    expect([refused.status, await refused.json()]).toMatchObject([400, { code: 'parameter_unknown' }])
  }
  const tells = async () => {
    await fill(which)
    const whole = await bench().json<Answer>('/aggregate?limit=1000')
    expect(await totals('')).toEqual(whole)
  }
  const tellsNothing = async () => {
    const { status } = await bench().call('/aggregate', await init())
    expect([403, 404]).toContain(status)
  }
  const isOffered = Object.keys(measures).length > 0 && (contract.ports ?? ports).includes('aggregate')
  const [promise, test] = !isOffered
    ? (['are not offered', tellsNothing] as const)
    : rule
      ? (['tell of no small group, as plain code says', protects] as const)
      : (['are those that everybody sees', tells] as const)

  describe('totals of a grant for totals', () => {
    it(promise, test)
  })
}

/** How many records of each group count: of all first records of its persons whole blocks, and of the second ones, and so on. */
function countedOf(
  rows: readonly Row[],
  { of, least, cell }: { readonly of?: string; readonly least: number; readonly cell: readonly string[] },
): Map<string, number> {
  const sets = new Map<string, { readonly key: string; size: number }>()
  const turns = new Map<string, number>()
  for (const [n, row] of rows.entries()) {
    const person = of === undefined ? n : row[of]
    if (person === null) continue
    const key = keyOf(row, cell)
    const turn = (turns.get(`${key} ${String(person)}`) ?? 0) + 1
    turns.set(`${key} ${String(person)}`, turn)
    const set = sets.get(`${key} ${turn}`) ?? { key, size: 0 }
    sets.set(`${key} ${turn}`, { ...set, size: set.size + 1 })
  }
  const counted = new Map<string, number>()
  for (const { key, size } of sets.values()) {
    const whole = size - (size % least)
    if (whole > 0) counted.set(key, (counted.get(key) ?? 0) + whole)
  }
  return counted
}

const keyOf = (row: Row, fields: readonly string[]): string =>
  JSON.stringify(fields.map((field) => row[field] ?? null))

const sumOf = (groups: readonly Row[], measure: string): number =>
  groups.reduce((sum, group) => sum + Number(group[measure]), 0)
