/** SQL through every parameter: what is sent is a value or refused, and never a part of a statement. */
import { defineProduct, id, int, oneOf, text, time, type Contract } from '@meshloop/contract'
import { beforeAll, describe, expect, it } from 'vitest'
import { serve } from '../src/serve.ts'
import { setUp, type Bench } from '../src/testing/bench.ts'
import { makeTables } from './make-tables.ts'

const contract = defineProduct({
  id: 'a.targets',
  version: '2.0.0',
  title: 'T',
  purpose: 'p',
  owner: { team: 't', support: 's@t.example' },
  freshness: 'PT5M',
  fields: {
    k: id('K'),
    at: time('T'),
    state: oneOf(['on', "o'ff"], 'S'),
    note: text('N', { nullable: true }),
    units: int('U', { nullable: true }),
  },
  key: ['k'],
  eventTime: 'at',
  indexes: ['state', 'note', 'units'],
  measures: { all: { means: 'All', count: true }, units: { means: 'Units', sum: 'units' } },
  dimensions: ['state', 'note'],
})
/** The same records as an older major, whose queries are another text. */
const { state: _renamed, ...others } = contract.fields
const older: Contract = {
  ...contract,
  version: '1.0.0',
  fields: { ...others, mode: oneOf(['yes', 'no'], 'S') },
  indexes: ['mode', 'note', 'units'],
  dimensions: ['mode', 'note'],
  projects: { major: 2, fields: { mode: { from: 'state', values: { on: 'yes', "o'ff": 'no' } } } },
}
const worker = serve({ contract, older: [older] })
const benches: Bench[] = []
const COUNT = 3
const rows = Array.from({ length: COUNT }, (_, n) => ({
  k: `k${n}`,
  at: `2026-01-0${n + 1}T00:00:00.000Z`,
  state: n === 0 ? "o'ff" : 'on',
  note: n === 0 ? "it's -- here" : null,
  units: n,
}))

beforeAll(async () => {
  benches.push(await setUp(worker, contract), await setUp(worker, older, undefined, contract))
  const [bench] = benches
  if (!bench) return
  await makeTables(bench.env.DB, worker.tables)
  const headers = { authorization: `Bearer ${await bench.token('ingest')}`, 'content-type': 'application/json' } // prettier-ignore
  await bench.call('/ingest', { method: 'POST', headers, body: JSON.stringify({ rows }) })
})

const attacks = [
  "'",
  '"',
  '`',
  "' OR '1'='1",
  "k0' --",
  "k0'; DROP TABLE records; --",
  "' UNION SELECT secret FROM _secret --",
  ') OR 1=1 --',
  '1 OR 1=1',
  '1; DELETE FROM records',
  'k`; DROP TABLE records; --',
  '(SELECT secret FROM _secret)',
  'CASE WHEN 1 THEN at ELSE k END',
  '$.a"]',
  '?1',
  ':x',
  '%',
  '_',
  '*',
  '\\',
  '/**/',
  '\u0000',
  '\ud7ff\u{10ffff}',
  '" , (SELECT 1) , "',
  'at DESC; --',
  '_seq',
  'records._hash',
  '-_source',
  'rowid',
] as const

const fields = ['k', 'at', 'state', 'mode', 'note', 'units']
const operators = ['', '[not]', '[in]', '[gt]', '[gte]', '[lt]', '[lte]', '[prefix]', '[null]']
const addresses = [
  ...fields.flatMap((field) => operators.map((op) => (attack: string) => `/records?${field}${op}=${encodeURIComponent(attack)}`)),
  ...fields.flatMap((field) => operators.map((op) => (attack: string) => `/aggregate?${field}${op}=${encodeURIComponent(attack)}`)),
  ...['sort', 'fields', 'limit', 'cursor', 'max_staleness'].map((name) => (attack: string) => `/records?${name}=${encodeURIComponent(attack)}`),
  ...['measures', 'by', 'sort', 'limit', 'time_zone'].map((name) => (attack: string) => `/aggregate?${name}=${encodeURIComponent(attack)}`),
  ...['after', 'fields', 'limit'].map((name) => (attack: string) => `/changes?${name}=${encodeURIComponent(attack)}`),
  (attack: string) => `/records?${encodeURIComponent(attack)}=1`,
  (attack: string) => `/records?${encodeURIComponent(`note[${attack}]`)}=1`,
  (attack: string) => `/records/${encodeURIComponent(attack)}`,
] // prettier-ignore

/** Codes of the refusals that an attack may end with. */
const REFUSED = ['parameter_unknown', 'parameter_invalid', 'cursor_invalid', 'record_not_found', 'not_found']

describe.each([0, 1])('major %i', (major) => {
  it.each(attacks)('%s is a value or refused, everywhere', async (attack) => {
    const bench = benches[major]
    if (!bench) return expect.fail('no bench')
    for (const address of addresses) {
      const path = address(attack)
      const response = await bench.call(path)
      const answer = await response.json<{ code?: string; records?: { k: string }[] }>()
      if (response.ok) expect(told(answer), path).not.toMatch(/secret|incarnation|_hash/)
      else expect(REFUSED, `${path} ${response.status} ${JSON.stringify(answer)}`).toContain(answer.code)
    }
    expect((await bench.json<{ groups: object[] }>('/aggregate?measures=all')).groups).toEqual([{ all: COUNT }]) // prettier-ignore
  })

  it('what is equal to a value, or begins with it, is that alone', async () => {
    const bench = benches[major]
    const keysOf = async (query: Record<string, string>) =>
      (await bench?.json<{ records: { k: string }[] }>(`/records?${new URLSearchParams(query)}`))?.records.map(({ k }) => k) // prettier-ignore
    for (const attack of attacks.filter((text) => text !== '\u0000')) {
      expect(await keysOf({ note: attack })).toEqual([])
      expect(await keysOf({ 'note[prefix]': attack })).toEqual([])
      expect(await keysOf({ 'note[not]': attack })).toEqual(['k0', 'k1', 'k2'])
      expect(await keysOf({ 'note[in]': `${attack},it's -- here` })).toEqual(['k0'])
    }
    expect(await keysOf({ note: "it's -- here" })).toEqual(['k0'])
    expect(await keysOf({ 'note[prefix]': "it's --" })).toEqual(['k0'])
    expect(await keysOf({ 'note[null]': 'true' })).toEqual(['k1', 'k2'])
    expect(await keysOf(major === 0 ? { state: "o'ff" } : { mode: 'no' })).toEqual(['k0'])
  })
})

const told = (answer: object): string => JSON.stringify(answer)
