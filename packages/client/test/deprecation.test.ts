import { describe, expect, it } from 'vitest'
import { createClient, readDeprecation, type Deprecation } from '../src/index.ts'

const since = '2026-11-15T00:00:00.000Z'
const successor = 'https://d.test/a/b/v2'

describe('the headers of an answer', () => {
  it.each<[string, Record<string, string>, Deprecation | undefined]>([
    ['nothing', {}, undefined],
    ['a time that is none', { deprecation: 'true' }, undefined],
    ['a time beyond all clocks', { deprecation: '@999999999999' }, undefined],
    ['only an end', { sunset: 'Mon, 15 Nov 2027 23:59:59 GMT' }, undefined],
    ['a beginning', { deprecation: '@1794700800' }, { since, until: null, successor: null }],
    [
      'an end that is none, and links to elsewhere',
      {
        deprecation: '@1794700800',
        sunset: 'soon',
        link: '</docs>; rel="deprecation", <x>; title="; rel=successor-version"',
      },
      { since, until: null, successor: null },
    ],
    [
      'all of it',
      {
        deprecation: '@1794700800',
        sunset: 'Mon, 15 Nov 2027 23:59:59 GMT',
        link: `<https://d.test/?a,b>; rel="next", <${successor}>; title="a, b"; rel="successor-version"`,
      },
      { since, until: '2027-11-15T23:59:59.000Z', successor },
    ],
    [
      'a link without quotes',
      { deprecation: '@1794700800', link: `<${successor}>;rel=successor-version` },
      { since, until: null, successor },
    ],
  ])('%s', (_, headers, expected) => {
    expect(readDeprecation(new Headers(headers))).toEqual(expected)
  })
})

describe('a client', () => {
  it('tells of each deprecated major once, refusals included', async () => {
    const told: unknown[] = []
    const client = createClient({
      issuer: 'https://catalog.test',
      clientKey: `ml_local_risk.fraud_${'_-A'.repeat(14)}x`,
      fetch: (url, init) => fetch(url, init),
      now: () => Date.now(),
      onDeprecation: (ref, deprecation) => told.push([ref, deprecation]),
    })
    const good = { product: 'good.orders', major: 1 }
    const other = { product: 'good.others', major: 1 }
    await client.call(good, 'read', '/echo')
    expect(told).toEqual([])
    await expect(client.call(good, 'read', '/leaving?refused')).rejects.toMatchObject({ code: 'refused' })
    await client.call(good, 'read', '/leaving')
    await client.call(other, 'read', '/leaving')
    const deprecation = {
      since,
      until: '2027-11-15T23:59:59.000Z',
      successor: 'https://good.test/good/orders/v2',
    }
    expect(told).toEqual([
      [good, deprecation],
      [other, deprecation],
    ])
  })
})
