/** Part of the product suite: a view hides what it does not show, in every port and in what answers carry beside records. */
import { viewOf, type RowFilter, type View } from '@meshloop/access/claims'
import { describe, expect, it } from 'vitest'
import type { Subject } from './specimen.ts'

/** What a view hides can be learned nowhere. */
export function viewsSuite({ contract, record, bench, fill }: Subject): void {
  const [key] = contract.key
  const as = async (content: Omit<View, 'id'>): Promise<RequestInit> => ({
    headers: { authorization: `Bearer ${await bench().token('read', { view: await viewOf(content) })}` },
  })
  const shownOnly = (filter: RowFilter) => as({ columns: null, rows: [filter] })
  const some = [0, 1, 2].map((n) => ({ n, revision: 0 }))

  describe('views', () => {
    it.each<[string, RowFilter]>([
      ['a field that is none, told by its text', { field: 'colour', op: 'gt', value: 'a' }],
      ['a field that is none, equal to its own name', { field: 'colour', op: 'eq', value: 'colour' }],
      ['a column of the system', { field: '_source', op: 'gt', value: '' }],
      ['a name that every object has', { field: 'constructor', op: 'gt', value: 'a' }],
      ['SQL as a field', { field: 'x" OR 1=1 --', op: 'eq', value: 1 }],
      ['a value of another kind', { field: contract.eventTime, op: 'gt', value: 5 }],
      ['a list with a value of another kind', { field: key, op: 'in', value: ['a', 1] }],
    ])('of rows by %s is refused by every port', async (_, filter) => {
      await fill(some)
      const init = await shownOnly(filter)
      for (const path of [
        '/records',
        '/aggregate',
        '/changes',
        `/records/${contract.key.map(() => 'x').join('/')}`,
      ]) {
        const response = await bench().call(path, init)
        expect([path, response.status, await response.json()]).toMatchObject([
          path,
          403,
          { code: 'view_unfit' },
        ])
      }
    })

    it('without the key are paged without telling it, and cannot follow deletions', async () => {
      await fill(some)
      const keys = some.flatMap(({ n }) => contract.key.map((name) => String(record(n, 0)[name])))
      const init = await as({ columns: [contract.eventTime], rows: [] })
      const seen: unknown[] = []
      for (let path: string | null = '/records?limit=1'; path !== null;) {
        const page: { records: object[]; next_cursor: string | null } = await bench().json(path, init)
        seen.push(...page.records)
        const opened = page.next_cursor === null ? '' : opaque(page.next_cursor)
        expect(keys.filter((value) => opened.includes(value))).toEqual([])
        path = page.next_cursor === null ? null : `/records?limit=1&cursor=${page.next_cursor}`
      }
      expect(seen).toHaveLength(some.length)
      expect(await (await bench().call('/changes', init)).json()).toMatchObject({
        status: 403,
        code: 'key_hidden',
      })
    })

    it('of some rows do not tell of the others: neither in bodies, nor by entity tags and counts', async () => {
      await fill(some)
      const init = await shownOnly({ field: key, op: 'eq', value: String(record(0, 0)[key]) })
      const own = `/records/${contract.key.map((name) => encodeURIComponent(String(record(0, 0)[name]))).join('/')}`
      const look = () =>
        Promise.all(
          ['/records', own, ...(contract.measures ? ['/aggregate'] : [])].map(async (path) => {
            const response = await bench().call(path, init)
            return [path, response.status, response.headers.get('etag'), await response.text()]
          }),
        )
      const before = await look()
      await fill([{ n: 7, revision: 0 }])
      expect(await look()).toEqual(before)
      expect(await bench().json('/status', init)).toMatchObject({ counts: null })
    })
  })
}

/** What whoever holds a cursor can read in it. */
const opaque = (cursor: string): string => atob(cursor.replaceAll('-', '+').replaceAll('_', '/'))
