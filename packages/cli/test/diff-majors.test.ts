/** When an older major may go. */
import { defineProduct, id, time } from '@meshloop/contract'
import { expect, it } from 'vitest'
import { diffMajors } from '../src/diff/majors.ts'

const first = defineProduct({
  id: 'tests.majors',
  version: '1.9.9',
  title: 'Test',
  purpose: 'For a test.',
  owner: { team: 'Tests', support: 'tests@shop.example' },
  fields: { it: id('It'), at: time('When') },
  key: ['it'],
  eventTime: 'at',
  freshness: 'PT5M',
  lifecycle: { deprecated: '2026-01-01', endOfLife: '2026-11-22' },
})
const second = { ...first, version: '2.0.0', lifecycle: {} } as const

it.each([
  ['not on its last day', '2026-11-22', false],
  ['on the day after', '2026-11-23', true],
])('a major may go %s', (_when, today, enough) => {
  const [gone, kept] = diffMajors([{ contract: first, uses: undefined }], [second], today)
  expect([gone?.enough, gone?.after]).toEqual([enough, undefined])
  expect(kept).toMatchObject({ taken: 'major', enough: true })
})
