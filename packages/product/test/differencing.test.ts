/**
 * Whoever asks for protected totals again and again, while records are added, and takes answers from each other, learns
 * nothing about one person. Each record has a power of two as its amount, so that a sum tells exactly what is in it: the
 * attacker of this test knows more of each answer than any real one.
 */
import { defineProduct, id, int, oneOf, time } from '@meshloop/contract'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { serve } from '../src/serve.ts'
import { setUp, type Bench } from '../src/testing/bench.ts'
import { dearRuns } from '../src/testing/runs.ts'
import { makeTables } from './make-tables.ts'

const LEAST = 3
const visits = defineProduct({
  id: 'a.visits',
  version: '1.0.0',
  title: 'T',
  purpose: 'p',
  owner: { team: 't', support: 's@t.example' },
  fields: {
    k: id('Key'),
    at: time('When'),
    who: id('Who', { class: 'personal', nullable: true }),
    shop: oneOf(['x', 'y', 'z'], 'Shop', { nullable: true }),
    state: oneOf(['on', 'off'], 'State'),
    amount: int('Amount'),
  },
  key: ['k'],
  eventTime: 'at',
  measures: {
    amount: { means: 'Sum', sum: 'amount' },
    visits: { means: 'Count', count: true },
    people: { means: 'People', distinct: 'who' },
    each: { means: 'Of one', average: 'amount' },
    by_visit: { means: 'The same', ratio: ['amount', 'visits'] },
  },
  dimensions: ['shop', 'state'],
  access: { groups: { least: LEAST, of: 'who', by: ['shop', 'state'] } },
  freshness: 'PT5M',
})
const worker = serve({ contract: visits })

interface Visit {
  readonly who: string | null
  readonly shop: 'x' | 'y' | 'z' | null
  readonly state: 'on' | 'off'
}
/** What is in a total: which visits, by number. */
type Members = ReadonlySet<number>
interface Query {
  readonly by: readonly ('shop' | 'state')[]
  readonly shop: string | undefined
  readonly state: string | undefined
}
interface Group {
  readonly shop?: string | null
  readonly state?: string
  readonly amount: number
  readonly visits: number
  readonly people: number
  readonly each: number | null
  readonly by_visit: number | null
}

const visit: fc.Arbitrary<Visit> = fc.record({
  who: fc.option(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'), { freq: 12 }),
  shop: fc.option(fc.constantFrom('x', 'x', 'y', 'z'), { freq: 6 }),
  state: fc.constantFrom('on', 'on', 'off'),
})
const query: fc.Arbitrary<Query> = fc.record({
  by: fc.subarray(['shop', 'state']),
  shop: fc.constantFrom(undefined, 'shop=x', 'shop=y', 'shop[in]=x,z', 'shop[in]=y,z'),
  state: fc.constantFrom(undefined, 'state=on', 'state=off', 'state[in]=on,off'),
})
const history = fc.array(
  fc.record({
    added: fc.array(visit, { minLength: 1, maxLength: 3 }),
    corrected: fc.array(fc.nat(50), { maxLength: 2 }),
    asked: fc.array(query, { minLength: 1, maxLength: 5 }),
  }),
  { minLength: 1, maxLength: 14 },
)
const finest: Query = { by: ['shop', 'state'], shop: undefined, state: undefined }

const membersOf = (sum: number): Members =>
  new Set(
    sum
      .toString(2)
      .split('')
      .toReversed()
      .flatMap((bit, n) => (bit === '1' ? [n] : [])),
  )
const cellOf = ({ shop, state }: Pick<Group, 'shop' | 'state'>) => `${shop} ${state}`
const union = (all: readonly Members[]): Members => new Set(all.flatMap((members) => [...members]))

/** What counts, by plain code: of each cell and of everybody's first visits, second visits and so on, whole blocks. */
function counting(all: readonly Visit[]): Map<string, Members> {
  const sets = new Map<string, { cell: string; members: number[] }>()
  const turns = new Map<string, number>()
  for (const [n, each] of all.entries()) {
    if (each.who === null) continue
    const cell = cellOf(each)
    const turn = (turns.get(`${cell} ${each.who}`) ?? 0) + 1
    turns.set(`${cell} ${each.who}`, turn)
    const set = sets.get(`${cell} ${turn}`) ?? { cell, members: [] }
    sets.set(`${cell} ${turn}`, { cell, members: [...set.members, n] })
  }
  const counted = new Map<string, Members>()
  for (const { cell, members } of sets.values()) {
    const whole = members.slice(0, members.length - (members.length % LEAST))
    if (whole.length > 0) counted.set(cell, union([counted.get(cell) ?? new Set(), new Set(whole)]))
  }
  return counted
}

const PRIME = 1_000_003

/** The rank of rows of small whole numbers, modulo a prime. */
function rankOf(rows: readonly (readonly number[])[]): number {
  const left = rows.map((row) => [...row])
  let rank = 0
  for (let column = 0; column < (rows[0]?.length ?? 0); column++) {
    const at = left.findIndex((row, index) => index >= rank && row[column] !== 0)
    const pivot = left[at]
    if (!pivot) continue
    ;[left[rank], left[at]] = [pivot, left[rank] ?? []]
    const inverse = power(pivot[column] ?? 0, PRIME - 2)
    for (const row of left.slice(rank + 1)) {
      const factor = ((row[column] ?? 0) * inverse) % PRIME
      if (factor !== 0)
        for (let n = column; n < row.length; n++)
          row[n] = ((row[n] ?? 0) + (PRIME - factor) * (pivot[n] ?? 0)) % PRIME
    }
    rank++
  }
  return rank
}

function power(base: number, exponent: number): number {
  if (exponent === 0) return 1
  const half = power((base * base) % PRIME, Math.floor(exponent / 2))
  return exponent % 2 === 0 ? half : (half * base) % PRIME
}

/** Persons of whom some combination of the answers tells alone: without their visits the answers know less. */
function recovered(all: readonly Visit[], answers: readonly Members[]): string[] {
  const rows = answers.map((members) => all.map((_, n) => Number(members.has(n))))
  const whole = rankOf(rows)
  return [...new Set(all.flatMap(({ who }) => who ?? []))].filter(
    (person) => rankOf(rows.map((row) => row.map((is, n) => (all[n]?.who === person ? 0 : is)))) < whole,
  )
}

describe('a differencing attacker', () => {
  let bench: Bench
  beforeAll(async () => {
    bench = await setUp(worker, visits)
  })

  async function ask({ by, shop, state }: Query, init: RequestInit): Promise<readonly Group[]> {
    const named = by.length === 0 ? [] : [`by=${by.join(',')}`]
    const path = [...named, shop, state].filter((part) => part !== undefined).join('&')
    return (await bench.json<{ groups: Group[] }>(`/aggregate?${path}`, init)).groups
  }
  const matches = (group: Pick<Group, 'shop' | 'state'>, { shop, state }: Query): boolean => {
    const fits = (value: string | null | undefined, filter: string | undefined) =>
      filter === undefined || (filter.split('=')[1]?.split(',') ?? []).includes(String(value))
    return fits(group.shop, shop) && fits(group.state, state)
  }

  it('recovers nobody, from all answers to thousands of questions between inserts', async () => {
    const init = { headers: { authorization: `Bearer ${await bench.token('aggregate')}` } }
    await fc.assert(
      fc.asyncProperty(history, async (steps) => {
        await makeTables(bench.env.DB, worker.tables)
        const all: Visit[] = []
        const answers: Members[] = []
        let before = new Map<string, Members>()
        for (const [step, { added, corrected, asked }] of steps.entries()) {
          const row = (n: number) => ({
            ...all[n],
            k: `k${n}`,
            at: `2026-01-${String(step + 1).padStart(2, '0')}T00:00:00.000Z`,
            amount: 2 ** n,
          })
          const first = all.length
          all.push(...added)
          // What a correction leaves as it was in a total, it leaves in its place.
          const again = first === 0 ? [] : corrected.map((n) => row(n % first))
          await bench.send([...again, ...added.map((_, n) => row(first + n))])
          const groups = await ask(finest, init)
          const cells = new Map(groups.map((group) => [cellOf(group), membersOf(group.amount)]))
          expect(cells).toEqual(counting(all))
          for (const [cell, members] of cells) {
            const isNew = new Set([...members].filter((n) => !before.get(cell)?.has(n)))
            const people = new Set([...isNew].map((n) => all[n]?.who))
            expect(isNew.size === 0 || people.size >= LEAST).toBe(true)
          }
          expect([...before.keys()].filter((cell) => !cells.has(cell))).toEqual([])
          before = cells
          for (const each of asked)
            for (const group of await ask(each, init)) {
              const members = membersOf(group.amount)
              const parts = groups.filter(
                (part) => matches(part, each) && each.by.every((name) => part[name] === group[name]),
              )
              expect(members).toEqual(union(parts.map(({ amount }) => membersOf(amount))))
              const people = new Set([...members].map((n) => all[n]?.who))
              expect([group.visits, group.people]).toEqual([members.size, people.size])
              // What is divided tells no more than what it is divided of.
              const share = group.visits === 0 ? null : group.amount / group.visits
              expect([group.each, group.by_visit]).toEqual([share, share])
              answers.push(members)
            }
          answers.push(...cells.values())
        }
        expect(recovered(all, answers)).toEqual([])
      }),
      dearRuns(5),
    )
  })

  it('would recover somebody where only the small groups of each answer are left out', () => {
    const on = (who: string): Visit => ({ who, shop: 'x', state: 'on' })
    const all: Visit[] = [on('a'), on('b'), on('c'), { ...on('d'), state: 'off' }]
    const [total, part] = [new Set([0, 1, 2, 3]), new Set([0, 1, 2])]
    expect(recovered(all, [total, part])).toEqual(['d'])
    expect(recovered(all, [part, new Set([0, 1, 2])])).toEqual([])
    const again = [...all, on('e'), on('f')]
    expect(recovered(again, [part, new Set([0, 1, 2, 4])])).toEqual(['e'])
    expect(recovered(again, [part, new Set([0, 1, 2, 4, 5])])).toEqual([])
    expect(recovered(again, [new Set([0, 1]), new Set([1, 2]), new Set([0, 2])])).toEqual(['a', 'b', 'c'])
  })
})
