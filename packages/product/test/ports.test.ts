/** A product that leaves ports out of its contract does not have them. */
import { defineProduct, id, time } from '@meshloop/contract'
import { beforeAll, describe, expect, it } from 'vitest'
import { derive, input, serve } from '../src/index.ts'
import { setUp, type Bench } from '../src/testing/index.ts'
import { makeTables } from './make-tables.ts'

const about = {
  version: '1.0.0',
  title: 'T',
  purpose: 'p',
  owner: { team: 't', support: 's@t.example' },
  freshness: 'PT5M',
  fields: { key: id('Key'), at: time('When') },
  key: ['key'],
  eventTime: 'at',
} as const
const listed = defineProduct({ ...about, id: 'a.listed', ports: ['records'] })
const worker = serve({ contract: listed })

describe('a product that offers records only', () => {
  let bench: Bench
  beforeAll(async () => {
    bench = await setUp(worker, listed)
    await makeTables(bench.env.DB, worker.tables)
  })

  it.each(['/aggregate', '/changes', '/changes?after=x'])('has no %s', async (path) => {
    const response = await bench.call(path)
    expect([response.status, await response.json()]).toMatchObject([404, { code: 'port_not_offered' }])
  })

  it('answers records, and lists nothing else', async () => {
    expect(await bench.json('/records')).toEqual({ records: [], next_cursor: null })
    const { paths } = await bench.json<{ paths: object }>('/openapi.json')
    const reading = Object.keys(paths).filter((path) => /^\/(records|aggregate|changes)/.test(path))
    expect(reading).toEqual(['/records', '/records/{key}'])
  })
})

it('nothing can be derived from a product without changes', () => {
  const make = () =>
    derive({
      out: defineProduct({ ...about, id: 'b.made', inputs: [{ product: 'a.listed', major: 1 }] }),
      key: ['key'],
      inputs: { listed: input(listed, { by: ['key'], fields: ['at'], last: 1 }) },
      build: () => undefined,
    })
  expect(make).toThrow('b.made: a.listed offers no changes')
})
