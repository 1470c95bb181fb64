/** Part of the product suite: numbered, signed batches over a queue. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Subject } from './specimen.ts'
import { QUEUE } from './bench.ts'
import { dearRuns } from './runs.ts'

/** Numbered, signed batches over a queue end in one state, however they are delivered; the watermark never runs ahead. */
export function queueSuite({ contract, record, bench }: Subject): void {
  const at = (n: number) => new Date(Date.UTC(2026, 0, 1, 0, n)).toISOString()
  const progress = async () => {
    const status = await bench().json<{
      progress: { name: string; as_of: string | null; n: number | null; waiting: number }[]
    }>('/status')
    return status.progress.find(({ name }) => name === QUEUE)
  }
  const quarantine = async () => {
    const headers = { authorization: `Bearer ${await bench().token('check')}` }
    return (
      await bench().json<{ entries: { errors: { code: string }[] }[] }>('/ingest/quarantine', { headers })
    ).entries
  }

  describe('ingest over a queue', () => {
    it('holds the watermark while a batch is missing', async () => {
      const messages = await Promise.all(
        [1, 2, 3].map((n) => bench().message({ n, complete_up_to: at(n), rows: [record(n, 0)] })),
      )
      const [first, second, third] = messages
      await bench().deliver([first, third])
      expect(await progress()).toMatchObject({ as_of: at(1), n: 1, waiting: 1 })
      await bench().deliver([second])
      expect(await progress()).toMatchObject({ as_of: at(3), n: 3, waiting: 0 })
    })

    it('ends in the same state for any order, repetition and grouping', async () => {
      const batches = [0, 1, 2, 3, 4, 5].map((i) => ({
        n: i + 1,
        complete_up_to: at(i + 1),
        rows: [record(i % 3, i), record(9, 7 - i)],
      }))
      const messages = await Promise.all(batches.map((batch) => bench().message(batch)))
      const deliveries = fc
        .shuffledSubarray(
          [...messages.keys(), ...messages.keys(), ...messages.keys()].map((index, copy) => ({
            index,
            copy,
          })),
          { minLength: 1 },
        )
        .map((list) => list.map(({ index }) => index))
      await fc.assert(
        fc.asyncProperty(deliveries, async (order) => {
          await bench().empty()
          const arrived = new Set<number>()
          for (const index of order) {
            await bench().deliver([messages[index]])
            arrived.add(index)
            const complete = batches.findIndex((_, i) => !arrived.has(i))
            const prefix = complete === -1 ? batches.length : complete
            expect(await progress()).toMatchObject({ n: prefix, as_of: prefix === 0 ? null : at(prefix) })
          }
          await bench().deliver(messages)
          const { records } = await bench().json<{ records: unknown[] }>('/records')
          expect(records).toEqual([record(0, 3), record(1, 4), record(2, 5), record(9, 7)])
        }),
        dearRuns(20),
      )
    }, 600_000)

    it('is whole or not at all when the database fails at any statement', async () => {
      const message = await bench().message({
        n: 1,
        complete_up_to: at(1),
        rows: [record(1, 0), { bad: true }],
      })
      const { DB } = bench().env
      await DB.prepare('DROP TABLE _batches').run()
      expect(await bench().deliver([message])).toEqual([false])
      await DB.prepare(
        'CREATE TABLE _batches (source TEXT, n INTEGER, complete_up_to TEXT, PRIMARY KEY (source, n))',
      ).run()
      expect(await bench().json('/records')).toMatchObject({ records: [] })
      expect(await quarantine()).toEqual([])
      expect(await bench().deliver([message])).toEqual([true])
      expect(await bench().json('/records')).toMatchObject({ records: [record(1, 0)] })
    })

    it('sets a row aside that is nested too deep to be read, and takes its neighbours', async () => {
      const deep: unknown = JSON.parse(`${'['.repeat(3_000)}${']'.repeat(3_000)}`)
      const rows = [record(1, 0), { ...record(2, 0), [contract.eventTime]: deep }]
      expect(await bench().deliver([await bench().message({ n: 1, complete_up_to: at(1), rows })])).toEqual([
        true,
      ])
      expect(await progress()).toMatchObject({ n: 1, as_of: at(1) })
      expect(await bench().json('/records')).toMatchObject({ records: [record(1, 0)] })
      expect(await quarantine()).toMatchObject([{ errors: [{ code: 'too_deep' }] }])
    })

    it('sets aside what can never be taken, and the watermark waits', async () => {
      const other = { aud: 'other.product/v1' }
      const good = await bench().message({ n: 1, complete_up_to: at(1) })
      const forged = `${good.slice(0, -6)}AAAAAA`
      const bad: [unknown, string][] = [
        [await bench().message({ n: 1, ...other }), 'batch_audience'],
        [await bench().message({ n: 1, source: 'somebody' }), 'batch_source'],
        [forged, 'batch_signature'],
        ['no batch', 'batch_malformed'],
        [ring(), 'batch_malformed'],
      ]
      expect(await bench().deliver(bad.map(([message]) => message))).toEqual(bad.map(() => true))
      const codes = (await quarantine()).flatMap(({ errors }) => errors.map(({ code }) => code))
      expect(codes.toSorted()).toEqual(bad.map(([, code]) => code).toSorted())
      expect(await progress()).toMatchObject({ as_of: null })
    })

    it('keeps dead letters', async () => {
      const queue = `${contract.id.replace('.', '-')}-ingest-dlq`
      await bench().deliver([await bench().message({ n: 1, rows: [record(1, 0)] })], queue)
      expect(await quarantine()).toMatchObject([{ errors: [{ code: 'dead_letter' }] }])
      expect(await bench().json('/records')).toMatchObject({ records: [] })
    })

    it('takes dead letters up again by the same path, and the watermark moves on', async () => {
      const queue = `${contract.id.replace('.', '-')}-ingest-dlq`
      const rows = [record(1, 0), { bad: 'x'.repeat(40_000) }] // longer than a row is kept
      const lost = await bench().message({ n: 1, complete_up_to: at(1), rows })
      const good = await bench().message({ n: 3, complete_up_to: at(3), rows: [record(3, 0)] })
      const forged = `${good.slice(0, -6)}AAAAAA`
      await bench().deliver([lost, forged], queue)
      await bench().deliver([await bench().message({ n: 2, complete_up_to: at(2), rows: [record(2, 0)] })])
      expect(await progress()).toMatchObject({ as_of: null, n: 0, waiting: 1 })
      const takeUp = async () => {
        const authorization = `Bearer ${await bench().token('ingest')}`
        const asked = { method: 'POST', headers: { authorization }, body: '{"all":true}' }
        return (await bench().call('/ingest/quarantine/letters', asked)).json()
      }
      const taken = { batches: 1, refused: 1, accepted: 1, repeated: 0, quarantined: 1, left: 1 }
      expect(await takeUp()).toEqual(taken)
      expect(await progress()).toMatchObject({ as_of: at(2), n: 2, waiting: 0 })
      expect(await bench().json('/records')).toMatchObject({ records: [record(1, 0), record(2, 0)] })
      const codes = (await quarantine()).flatMap(({ errors }) => errors.map(({ code }) => code))
      expect(codes).toContain('batch_signature')
      expect(codes).not.toContain('dead_letter')
      expect(await takeUp()).toMatchObject({ batches: 0, refused: 1, left: 1 })
    })

    it('does not count a claim about the future', async () => {
      const ahead = new Date(Date.now() + 3_600_000).toISOString()
      await bench().deliver([await bench().message({ n: 1, complete_up_to: ahead })])
      expect(await progress()).toMatchObject({ as_of: null, n: 1 })
    })
  })
}

/** Whoever has the queue's binding can send more than JSON can say. */
function ring(): object {
  const body: Record<string, unknown> = { big: 1n }
  body['self'] = body
  return body
}
