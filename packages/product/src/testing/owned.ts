/** Part of the product suite: a record belongs to the source that sent it. */
import { versionField } from '@meshloop/contract'
import { describe, expect, it } from 'vitest'
import type { Subject } from './specimen.ts'
import { BACKFILL, QUEUE } from './bench.ts'

/** No source changes, deletes or takes over what another one sent; a history that was loaded once is corrected by whoever lives. */
export function ownedSuite({ contract, record, bench }: Subject): void {
  const all = async () => (await bench().json<{ records: unknown[] }>('/records?limit=1000')).records
  const send = async (...call: Parameters<ReturnType<typeof bench>['send']>) =>
    (await bench().send(...call)).json()
  const deletion = (row: Readonly<Record<string, unknown>>) => ({
    _deleted: true,
    ...Object.fromEntries([...contract.key, versionField(contract)].map((field) => [field, row[field]])),
  })
  const foreign = [{ errors: [{ code: 'foreign_record' }] }]

  describe('a record of one source', () => {
    it('is neither changed nor deleted by another, whatever the version', async () => {
      await send([record(1, 0), record(2, 0)])
      const rows = [record(1, 1), deletion(record(2, 1)), record(3, 0)]
      await bench().deliver([await bench().message({ n: 1, rows })])
      expect(await all()).toEqual([record(1, 0), record(2, 0), record(3, 0)])
      const headers = { authorization: `Bearer ${await bench().token('ingest', { source: QUEUE })}` }
      expect(await bench().json('/ingest/quarantine', { headers })).toMatchObject({
        entries: [...foreign, ...foreign],
      })
      expect(await send([record(1, 1), deletion(record(2, 1))])).toMatchObject({
        accepted: 2,
        quarantined: 0,
      })
    })

    it('that was deleted does not come back from another', async () => {
      await send([record(1, 0)])
      await send([deletion(record(1, 1))])
      await bench().deliver([await bench().message({ n: 1, rows: [record(1, 2)] })])
      expect(await all()).toEqual([])
    })

    it('is a record of one only, when two send it at once', async () => {
      const message = await bench().message({ n: 1, rows: [record(1, 1)] })
      await Promise.all([send([record(1, 0)]), bench().deliver([message])])
      const [kept] = await all()
      expect([record(1, 0), record(1, 1)]).toContainEqual(kept)
      const headers = { authorization: `Bearer ${await bench().token('check')}` }
      expect(await bench().json('/ingest/quarantine', { headers })).toMatchObject({ entries: foreign })
    })

    it('that was loaded once is corrected by whoever lives, and not the other way round', async () => {
      const source = BACKFILL
      await send([record(1, 0)], { source })
      expect(await send([record(1, 1)])).toMatchObject({ accepted: 1 })
      expect(await send([record(1, 2)], { source })).toMatchObject({
        accepted: 0,
        quarantined: 1,
        rejected: foreign,
      })
      expect(await all()).toEqual([record(1, 1)])
    })
  })
}
