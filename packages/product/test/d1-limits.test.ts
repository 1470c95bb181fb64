/** The database of the tests refuses what D1 refuses: without that no test would see that a statement is too long for it. */
import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { withinLimits } from '../src/testing/d1-limits.ts'

const { A } = env as unknown as { A: D1Database } // bound in vitest.config.ts
const db = withinLimits(A)
const length = async (text: string) => db.prepare('SELECT length(?) AS n').bind(text).first('n')

it('takes a value of two megabytes, and none that is longer', async () => {
  expect(await length('é'.repeat(1_000_000))).toBe(1_000_000)
  await expect(length(`${'é'.repeat(1_000_000)}x`)).rejects.toThrow('D1 takes 2000000 bytes, not 2000001')
})

it('takes a hundred parameters, and a statement of 100,000 bytes', async () => {
  const many = (n: number) => db.prepare(`SELECT 1 AS n WHERE 1 IN (${Array(n).fill('?').join()})`).bind(...Array.from({ length: n }, () => 1))
  expect(await many(100).first('n')).toBe(1)
  expect(() => many(101)).toThrow('D1 takes 100 parameters, not 101')
  expect(() => db.prepare(`SELECT 1${' '.repeat(100_000)}`)).toThrow('D1 takes 100000 bytes')
}) // prettier-ignore
