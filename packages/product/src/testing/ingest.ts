/** Part of the product suite: rows that come in over HTTP. */
import { versionField } from '@meshloop/contract'
import { describe, expect, it } from 'vitest'
import type { Subject } from './specimen.ts'
import { BACKFILL } from './bench.ts'

/** Rows come in over HTTP: newest version wins, repeats change nothing, bad rows are set aside with their reasons. */
export function ingestSuite({ contract, record, bench }: Subject): void {
  const all = async () => (await bench().json<{ records: unknown[] }>('/records?limit=1000')).records
  const send = async (...call: Parameters<ReturnType<typeof bench>['send']>) =>
    (await bench().send(...call)).json()

  describe('ingest over HTTP', () => {
    it('accepts rows once', async () => {
      const rows = [record(1, 0), record(2, 0), record(3, 0)]
      expect(await send(rows)).toMatchObject({ accepted: 3, repeated: 0, quarantined: 0 })
      const seen = await bench().call('/records')
      expect(await send(rows)).toMatchObject({ accepted: 0, repeated: 3, quarantined: 0 })
      expect((await bench().call('/records')).headers.get('etag')).toBe(seen.headers.get('etag'))
      expect(await all()).toEqual(rows)
    })

    it('takes NDJSON', async () => {
      const body = [record(1, 0), record(2, 0)].map((row) => JSON.stringify(row)).join('\n')
      const headers = {
        authorization: `Bearer ${await bench().token('ingest')}`,
        'content-type': 'application/x-ndjson',
      }
      expect(await bench().json('/ingest', { method: 'POST', headers, body })).toMatchObject({ accepted: 2 })
    })

    it('sets bad rows aside, with reasons, and accepts their neighbours', async () => {
      const version = versionField(contract)
      const ahead = { ...record(2, 0), [version]: new Date(Date.now() + 600_000).toISOString() }
      const rows = [
        record(1, 0),
        { ...record(2, 0), _nobody: 1 },
        'no row',
        typeof record(2, 0)[version] === 'string' ? ahead : null,
        record(3, 0),
      ]
      const outcome = await send(rows)
      expect(outcome).toMatchObject({
        accepted: 2,
        quarantined: 3,
        rejected: [{ index: 1 }, { index: 2 }, { index: 3 }],
      })
      await send(rows)
      const headers = { authorization: `Bearer ${await bench().token('ingest')}` }
      const { entries } = await bench().json<{ entries: { errors: { code: string }[] }[] }>(
        '/ingest/quarantine',
        { headers },
      )
      expect(entries).toHaveLength(3)
      expect(entries.flatMap(({ errors }) => errors.map(({ code }) => code))).toContain('unknown_field')
      expect(await all()).toHaveLength(2)
      const check = { authorization: `Bearer ${await bench().token('check')}` }
      const seen = await bench().json<{ entries: object[] }>('/ingest/quarantine', { headers: check })
      expect(seen.entries.map((entry) => 'row' in entry)).toEqual([false, false, false])
    })

    it('sets aside a batch that is bad throughout, and large, in whole', async () => {
      const bad = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`unknown_${i}`, 'x'.repeat(50)]))
      const rows = Array.from({ length: 80 }, (_, n) => ({ ...record(n, 0), ...bad }))
      expect(await send(rows)).toMatchObject({ accepted: 0, quarantined: 80 })
    })

    it('sets a row aside whose names are longer than a value of the database, and takes its neighbours', async () => {
      const long = 'x'.repeat(2_500_000)
      const rows = [record(1, 0), { ...record(2, 0), [long]: 1 }]
      const outcome = JSON.stringify(await send(rows))
      expect(JSON.parse(outcome)).toMatchObject({ accepted: 1, quarantined: 1 })
      const deletion = JSON.stringify(await send([{ _deleted: true, [long]: 1 }]))
      expect(JSON.parse(deletion)).toMatchObject({ accepted: 0, quarantined: 1 })
      expect(outcome.length + deletion.length).toBeLessThan(10_000)
    })

    it('deletes, and a later version brings back', async () => {
      const version = versionField(contract)
      const deletion = (revision: number) => ({
        _deleted: true,
        ...Object.fromEntries([...contract.key, version].map((name) => [name, record(1, revision)[name]])),
      })
      await send([record(1, 0), record(2, 0)])
      expect(await send([deletion(1)])).toMatchObject({ accepted: 1, quarantined: 0 })
      expect(await all()).toEqual([record(2, 0)])
      const { changes } = await bench().json<{ changes: { op: string }[] }>('/changes')
      expect(changes.map(({ op }) => op)).toEqual(['upsert', 'delete'])
      await send([record(1, 2)])
      expect(await all()).toEqual([record(1, 2), record(2, 0)])
    })

    it('knows up to when it is complete: the least of its sources, never less than before, never of a backfill', async () => {
      const at = (hours: number) => new Date(Date.UTC(2026, 0, 1, hours)).toISOString()
      expect(await send([], { completeUpTo: at(3) })).toMatchObject({ as_of: null })
      await bench().deliver([await bench().message({ n: 1, complete_up_to: at(2) })])
      expect(await bench().json('/status')).toMatchObject({ as_of: at(2), freshness: { verdict: 'late' } })
      expect(await send([], { completeUpTo: at(1) })).toMatchObject({ as_of: at(2) })
      expect((await bench().send([], { source: BACKFILL, completeUpTo: at(9) })).status).toBe(403)
      expect((await bench().call('/records')).headers.get('meshloop-as-of')).toBe(at(2))
      // In UTC a moment before the year 0: a text that no consumer could read as a time.
      expect((await bench().send([], { completeUpTo: '0000-01-01T00:00:00+23:59' })).status).toBe(400)
    })
  })
}
