/** Part of the product suite: a view hides what it does not show, in every port and in what answers carry beside records. */
import { viewOf, type AccessClaims, type RowFilter, type View } from '@meshloop/access/claims'
import { describe, expect, it } from 'vitest'
import { levelsOf } from '../table/levels.ts'
import type { Subject } from './specimen.ts'

/** What a view hides can be learned nowhere. */
export function viewsSuite({ contract, record, bench, fill }: Subject): void {
  const [key] = contract.key
  const as = async (content: Omit<View, 'id'>, more: Partial<AccessClaims> = {}): Promise<RequestInit> => {
    const token = await bench().token('read', { ...more, view: await viewOf(content) })
    return { headers: { authorization: `Bearer ${token}` } }
  }
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
      expect(await bench().json('/status', init)).toMatchObject({ counts: null, runs: null })
    })

    it('of all fields up to a class are followed, change by change, and told no counts', async () => {
      await fill(some)
      await fill([{ n: 1, revision: 1 }])
      const all = await bench().json<Feed>('/changes?limit=1000')
      for (const { fields } of levelsOf(contract)) {
        const columns = Object.keys(contract.fields).filter((name) =>
          [...contract.key, ...fields].includes(name),
        )
        const init = await as({ columns, rows: [] })
        const feed = await bench().json<Feed>('/changes?limit=1000', init)
        const inOrder = (changes: Feed['changes']) => changes.map((each) => JSON.stringify(each)).toSorted()
        const shown = all.changes.map(({ op, record: whole }) => ({
          op,
          record: Object.fromEntries(columns.map((name) => [name, whole[name]])),
        }))
        expect(inOrder(feed.changes)).toEqual(inOrder(shown))
        expect(await bench().json('/status', init)).toMatchObject({ counts: null, quality: null, runs: null })
      }
    })

    it('of single fields cannot follow: that hidden ones changed would be told with them', async () => {
      const all = Object.keys(contract.fields)
      const isLevel = (names: readonly string[]): boolean =>
        levelsOf(contract).some(({ fields }) =>
          all.every((name) => names.includes(name) === [...contract.key, ...fields].includes(name)),
        )
      const columns =
        all
          .filter((hidden) => !contract.key.includes(hidden))
          .map((hidden) => all.filter((name) => name !== hidden))
          .find((names) => !isLevel(names)) ?? []
      const refused = await bench().call('/changes', await as({ columns, rows: [] }))
      expect(await refused.json()).toMatchObject({ status: 403, code: 'columns_restricted' })
    })

    it('have cursors of their own: another consumer’s, another view’s and a made one are refused', async () => {
      await fill(some)
      const columns = Object.keys(contract.fields)
      const mine = await as({ columns, rows: [] })
      const others = [
        await as({ columns, rows: [] }, { sub: 'test.other', client_id: 'test.other' }),
        await as({ columns: null, rows: [] }),
      ]
      for (const [path, parameter] of [
        ['/records?limit=1', 'cursor'],
        ['/changes?limit=1', 'after'],
      ] as const) {
        const { next_cursor: cursor } = await bench().json<{ next_cursor: string }>(path, mine)
        const go = async (at: string, init: RequestInit) =>
          (await bench().call(`${path}&${parameter}=${encodeURIComponent(at)}`, init)).json()
        expect(await go(cursor, mine)).not.toHaveProperty('code')
        const refused = { status: 400, code: 'cursor_invalid' }
        for (const init of others) expect(await go(cursor, init)).toMatchObject(refused)
        // The last but one is as cursors were before they were sealed.
        for (const made of [
          cursor.slice(0, -4),
          `A${cursor.slice(1)}x`,
          btoa('{"q":"changes","at":["",0,1]}'),
          'x',
        ])
          expect(await go(made, mine)).toMatchObject(refused)
      }
    })
  })
}

/** A page of the change feed. */
interface Feed {
  readonly changes: readonly { readonly op: string; readonly record: Readonly<Record<string, unknown>> }[]
}

/** What whoever holds a cursor can read in it. */
const opaque = (cursor: string): string => atob(cursor.replaceAll('-', '+').replaceAll('_', '/'))
