/** Part of the product suite: what is checked of it and what is known of its use, and the ports that it offers. */
import { viewOf } from '@meshloop/access/claims'
import { ports } from '@meshloop/contract'
import { describe, expect, it } from 'vitest'
import type { Subject } from './specimen.ts'

interface Judged {
  readonly quality: readonly { rule: string; of: number; kept: boolean; judged_at: string }[] | null
  readonly quality_state: string | null
}

/** Quality rules are judged and remembered, reads are counted, and what the contract leaves out is not there. */
export function checksSuite({ contract, record, bench, fill }: Subject): void {
  const some = [0, 1, 2].map((n) => ({ n, revision: 0 }))
  const rules = Object.keys(contract.quality ?? {})
  const offered = contract.ports ?? ports
  const checking = async (method: 'GET' | 'POST' = 'GET') => ({
    method,
    headers: { authorization: `Bearer ${await bench().token('check')}` },
  })

  describe('quality', () => {
    const judgesAll = async () => {
      await fill(some)
      expect(await bench().json('/status', await checking())).toMatchObject({
        quality: [],
        quality_state: 'unjudged',
      })
      const judged = await bench().json<Judged>('/quality', await checking('POST'))
      expect(judged.quality_state).toBe('current')
      expect(judged.quality?.map(({ rule, of }) => [rule, of])).toEqual(
        rules.map((rule) => [rule, some.length]),
      )
      expect(await bench().json('/status', await checking())).toMatchObject(judged)
      await fill([{ n: 3, revision: 0 }])
      expect(await bench().json('/status', await checking())).toMatchObject({
        ...judged,
        quality_state: 'older',
      })
    }
    const judgesNothing = async () => {
      const judged = await bench().json('/quality', await checking('POST'))
      expect(judged).toEqual({ quality: [], quality_state: 'none' })
    }
    const [promise, test] =
      rules.length > 0
        ? (['is judged by every rule when asked, and then shown', judgesAll] as const)
        : (['promises nothing, and nothing is judged', judgesNothing] as const)
    it(promise, test)

    it('is judged for who checks, and not shown to a view of some rows', async () => {
      expect((await bench().call('/quality', { method: 'POST' })).status).toBe(403)
      const [key] = contract.key
      const view = await viewOf({
        columns: null,
        rows: [{ field: key, op: 'eq', value: String(record(0, 0)[key]) }],
      })
      const headers = { authorization: `Bearer ${await bench().token('read', { view })}` }
      expect(await bench().json('/status', { headers })).toMatchObject({ quality: null, quality_state: null })
    })
  })

  describe('usage', () => {
    it('is told for who checks: which consumer reads which fields', async () => {
      await fill(some)
      const consumer = 'test.usage'
      const headers = { authorization: `Bearer ${await bench().token('read', { sub: consumer })}` }
      await bench().json(`/records?fields=${contract.eventTime}`, { headers })
      await bench().json('/records?limit=1', { headers })
      const { since, consumers } = await bench().json<{ since: string; consumers: { consumer: string }[] }>(
        '/usage',
        await checking(),
      )
      const day: unknown = expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/)
      expect(since).toEqual(day)
      expect(consumers.filter((each) => each.consumer === consumer)).toEqual([
        {
          consumer,
          requests: 2,
          last_day: day,
          rows_read: expect.any(Number) as unknown,
          rows_read_busiest_day: expect.any(Number) as unknown,
          fields: Object.keys(contract.fields),
        },
      ])
      const own = await bench().json<{ consumer: string; hours: { requests: number; rows_read: number }[] }>(
        '/usage/own',
        { headers },
      )
      expect(own.consumer).toBe(consumer)
      expect(own.hours.reduce((sum, { requests }) => sum + requests, 0)).toBe(2)
      expect(own.hours.reduce((sum, { rows_read }) => sum + rows_read, 0)).toBeGreaterThan(1)
      expect((await bench().call('/usage')).status).toBe(403)
    })
  })

  describe('ports', () => {
    it('are those of the contract, in the OpenAPI document as well', async () => {
      const document = await bench().json<{ paths: object }>('/openapi.json')
      for (const port of ports) {
        const response = await bench().call(`/${port}`)
        expect([port, response.status === 404]).toEqual([
          port,
          !offered.includes(port) || (port === 'aggregate' && !contract.measures),
        ])
        expect(`/${port}` in document.paths).toBe(offered.includes(port))
      }
    })

    it.runIf(offered.includes('changes'))(
      'let a reader follow changes of some fields, the key among them',
      async () => {
        await fill(some)
        const fields = [contract.eventTime]
        const { changes } = await bench().json<{ changes: { record: object }[] }>(
          `/changes?fields=${fields.join()}`,
        )
        const shown = Object.keys(contract.fields).filter((name) =>
          [...contract.key, ...fields].includes(name),
        )
        expect(changes.map(({ record: own }) => Object.keys(own))).toEqual(some.map(() => shown))
        const [hidden] = Object.keys(contract.fields).filter((name) => !contract.key.includes(name))
        const view = await viewOf({ columns: [...contract.key], rows: [] })
        const headers = { authorization: `Bearer ${await bench().token('read', { view })}` }
        for (const [path, init] of [
          ['/changes?fields=colour', {}],
          [`/changes?fields=${hidden ?? ''}`, { headers }],
        ] as const)
          expect(await (await bench().call(path, init)).json()).toMatchObject({ code: 'parameter_invalid' })
      },
    )
  })
}
