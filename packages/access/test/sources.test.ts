import { describe, expect, it } from 'vitest'
import { parseSources } from '../src/batch.ts'

const x = 'A'.repeat(43)

describe('parseSources', () => {
  it('reads the variable', () => {
    const sources = {
      storefront: { over: 'queue', keys: [{ kid: 's1', x }] },
      cdnow: { over: 'http', backfill: true },
    }
    expect(parseSources(JSON.stringify(sources))).toEqual(sources)
  })

  it.each([
    ['no JSON', '{'],
    ['a list', '[]'],
    ['an unknown way', '{"a":{"over":"mail"}}'],
    ['an unknown member', '{"a":{"over":"http","admin":true}}'],
    ['a name with a space', '{"a b":{"over":"http"}}'],
    ['a short key', '{"a":{"over":"queue","keys":[{"kid":"k","x":"AAAA"}]}}'],
    [
      'one kid for two sources',
      JSON.stringify({
        a: { over: 'queue', keys: [{ kid: 'k', x }] },
        b: { over: 'queue', keys: [{ kid: 'k', x }] },
      }),
    ],
  ])('refuses %s', (_name, text) => {
    expect(() => parseSources(text)).toThrow(expect.objectContaining({ code: 'sources_invalid' }))
  })
})
