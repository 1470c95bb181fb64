/** Test files share a runtime: each finds it like new. */
import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { makeFresh } from './vitest-fresh.ts'

const { A, EXPORTS, FLAGS } = env as unknown as { A: D1Database; EXPORTS: R2Bucket; FLAGS: KVNamespace } // bound in vitest.config.ts
const url = 'https://cache.test/kept'

it('leaves no table, object, key, kept answer or module of the file before', async () => {
  const before = await import('./remembering.ts')
  before.remembered.push('x')
  await A.prepare('CREATE TABLE left_over (n)').run()
  await EXPORTS.put('left over', 'x')
  await FLAGS.put('left over', 'x')
  const kept = await caches.open('left over')
  await kept.put(url, new Response('x', { headers: { 'cache-control': 'max-age=60' } }))
  expect(await kept.match(url)).toBeDefined()
  await makeFresh()
  const tables = "SELECT name FROM sqlite_master WHERE name = 'left_over'"
  expect((await A.prepare(tables).all()).results).toEqual([])
  expect(await EXPORTS.get('left over')).toBeNull()
  expect(await FLAGS.get('left over')).toBeNull()
  expect(await (await caches.open('left over')).match(url)).toBeUndefined()
  expect((await import('./remembering.ts')).remembered).toEqual([])
})
