import { expect, test } from 'vitest'
import { startProgress } from '../src/progress.ts'
import { table } from '../src/table.ts'
import { terminalMemory } from './terminal-memory.ts'

const rows = [
  { id: 'a', total: 12, note: 'short' },
  { id: 'bb', total: null, note: 'a rather long note about something' },
]

test('columns as wide as they need to be, numbers to the right', () => {
  expect(table(rows)).toBe(
    ['id  total  note', 'a      12  short', 'bb      –  a rather long note about something', ''].join('\n'),
  )
})

test('in a narrow terminal the widest column gives way, then the last one goes', () => {
  expect(table(rows, 24)).toBe(
    ['id  total  note', 'a      12  short', 'bb      –  a rather lon…', ''].join('\n'),
  )
  expect(table(rows, 12)).toBe(['id  total', 'a      12', 'bb      –', ''].join('\n'))
})

test('what could move the cursor is made visible, structures are JSON', () => {
  const text = table([{ 'a\u001b[2J': 'x\u001b[31m\ny\u202e', b: { c: [1] } }])
  expect(text).toBe('a·[2J      b\nx·[31m·y·  {"c":[1]}\n')
})

test('progress is drawn on a live terminal only, and not for every step', () => {
  let now = 1_000
  const live = terminalMemory(80, true)
  const progress = startProgress(live, 'Loading', () => now)
  progress.show(1, 4, '1 row')
  progress.show(2, 4, '2 rows')
  now += 200
  progress.show(2, 4, '2 rows')
  progress.end()
  expect(live.written.err.split('\r').map((line) => line.replace('\u001b[K', ''))).toEqual([
    '',
    'Loading ━━━━━━┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄  25 % 1 row',
    'Loading ━━━━━━━━━━━━┄┄┄┄┄┄┄┄┄┄┄┄  50 % 2 rows',
    '',
  ])

  const piped = terminalMemory()
  const silent = startProgress(piped, 'Loading', () => now)
  silent.show(1, 4, '')
  silent.end()
  expect(piped.written.err).toBe('')
})
