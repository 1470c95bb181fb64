/**
 * What contracts cost: `pnpm bench:contracts`.
 *
 * Reading a row through a contract is compared with the same checks written in Zod by hand, in turns within one run; and
 * the compiler checks 100 products of 20 fields, each with its record type.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import {
  bool,
  defineProduct,
  id,
  int,
  list,
  money,
  number,
  oneOf,
  rowReader,
  struct,
  text,
  time,
} from '@meshloop/contract'
import * as z from 'zod'

const ROWS = 2_000
const ROUNDS = 40
const PRODUCTS = 100

const visits = defineProduct({
  id: 'shop.visits',
  version: '1.0.0',
  title: 'Visits',
  purpose: 'Every kind of field, for the bench.',
  owner: { team: 'Shop', support: 'shop@shop.example' },
  fields: {
    visit_id: id('Visit'),
    customer_id: id('Visitor', { class: 'personal', nullable: true }),
    started_at: time('Begin'),
    ended_at: time('End', { nullable: true }),
    channel: oneOf(['web', 'app', 'kiosk'], 'Way in'),
    landing: text('First page'),
    referrer: text('Where from', { nullable: true, max: 500 }),
    views: int('Pages seen', { min: 0 }),
    rating: number('Stars', { min: 0, max: 5, nullable: true }),
    spent_cents: money('Spent', { unit: 'currency', min: 0 }),
    currency: text('Currency', { max: 3 }),
    is_new: bool('First visit'),
    pages: list(text('Page'), 'Pages', { max: 50 }),
    device: struct({ os: text('System'), country: id('Country', { nullable: true }) }, 'Device'),
  },
  key: ['visit_id'],
  eventTime: 'started_at',
  freshness: 'PT5M',
})

/** Plain Zod, as a team would write it for this record alone: it brings no moment into its stored form, and takes any text. */
const idType = z.string().regex(/^[\x21-\x7e]{1,64}$/)
const textType = (max = 2_000) => z.string().max(max)
const timeType = z.iso.datetime({ offset: true })
const byHand = z.strictObject({
  visit_id: idType,
  customer_id: idType.nullable(),
  started_at: timeType,
  ended_at: timeType.nullable(),
  channel: z.enum(['web', 'app', 'kiosk']),
  landing: textType(),
  referrer: textType(500).nullable(),
  views: z.int().min(0),
  rating: z.number().min(0).max(5).nullable(),
  spent_cents: z.int().min(0),
  currency: textType(3),
  is_new: z.boolean(),
  pages: z.array(textType()).max(50),
  device: z.strictObject({ os: textType(), country: idType.nullable() }),
})

const rows = Array.from({ length: ROWS }, (_, n) => ({
  visit_id: `vis_${n}`,
  customer_id: n % 3 === 0 ? null : `cust_${n % 97}`,
  started_at: new Date(Date.UTC(2026, 0, 1) + n * 61_007).toISOString(),
  ended_at: n % 4 === 0 ? null : new Date(Date.UTC(2026, 0, 1) + n * 61_007 + 90_000).toISOString(),
  channel: ['web', 'app', 'kiosk'][n % 3],
  landing: `/articles/${n % 1_000}`,
  referrer: n % 2 === 0 ? null : 'https://search.example/?q=shoes',
  views: n % 40,
  rating: n % 5 === 0 ? null : (n % 50) / 10,
  spent_cents: n * 7,
  currency: 'EUR',
  is_new: n % 2 === 0,
  pages: ['/', '/cart', '/checkout'],
  device: { os: 'Linux', country: n % 7 === 0 ? null : 'DE' },
}))

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

function validation(): void {
  const read = rowReader(visits)
  const contenders = {
    contract: () => rows.every((row) => 'record' in read(row)),
    'plain Zod': () => rows.every((row) => byHand.safeParse(row).success),
  }
  const times = { contract: [] as number[], 'plain Zod': [] as number[] }
  for (let round = 0; round < ROUNDS; round++)
    for (const name of ['contract', 'plain Zod'] as const) {
      const begin = performance.now()
      if (!contenders[name]()) throw new Error(`${name} refused a good row`)
      times[name].push(((performance.now() - begin) * 1_000) / ROWS)
    }
  const [ours, theirs] = [median(times.contract), median(times['plain Zod'])]
  console.log(
    `reading a row of ${Object.keys(visits.fields).length} fields: ${ours.toFixed(2)} µs through the contract, ${theirs.toFixed(2)} µs in plain Zod, ratio ${(ours / theirs).toFixed(2)} (at most 1.3)`,
  )
}

const product = (n: number): string => {
  const fields = Array.from({ length: 18 }, (_, i) =>
    [
      `f${i}: text('Field ${i}', { nullable: true }),`,
      `f${i}: money('Field ${i}', { unit: 'f0' }),`,
      `f${i}: oneOf(['a', 'b', 'c${n}'], 'Field ${i}'),`,
      `f${i}: int('Field ${i}', { min: 0, class: 'personal' }),`,
    ].at(i === 0 ? 0 : i % 4),
  )
  return `import { defineProduct, id, int, money, oneOf, text, time, type Row } from '@meshloop/contract'
export const product = defineProduct({
  id: 'shop.p${n}', version: '1.0.0', title: 'P', purpose: 'P', owner: { team: 'T', support: 's@shop.example' },
  fields: { record_id: id('Record'), at: time('When'), ${fields.join('\n')} },
  key: ['record_id'], eventTime: 'at', indexes: ['f2'], dimensions: ['f2'],
  measures: { all: { means: 'All', count: true }, sum: { means: 'Sum', sum: 'f1' } },
  quality: { some: { means: 'There is one', rows: true, bound: { gt: 0 } }, known: { means: 'Known', nulls: 'f0' } },
  freshness: 'PT5M',
})
export const row: Row<typeof product> | undefined = undefined
export const value = (r: Row<typeof product>): 'a' | 'b' | 'c${n}' => r.f2
`
}

function types(): void {
  const root = join(import.meta.dirname, '..')
  const folder = mkdtempSync(join(tmpdir(), 'contracts-'))
  try {
    for (let n = 0; n < PRODUCTS; n++) writeFileSync(join(folder, `p${n}.ts`), product(n))
    const compilerOptions = {
      paths: { '@meshloop/contract': [join(root, 'packages/contract/src/index.ts')] },
      typeRoots: [join(root, 'node_modules/@types')],
      types: ['node'],
    }
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ extends: join(root, 'tsconfig.base.json'), compilerOptions, include: ['*.ts'] }),
    )
    const seconds = [1, 2, 3].map(() => {
      const begin = performance.now()
      const { status, stdout } = spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', folder], {
        encoding: 'utf8',
      })
      if (status !== 0) throw new Error(stdout)
      return (performance.now() - begin) / 1_000
    })
    console.log(
      `type-checking ${PRODUCTS} products of 20 fields: ${median(seconds).toFixed(2)} s (at most 4 s)`,
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
}

validation()
types()
