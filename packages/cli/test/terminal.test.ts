import { expect, test } from 'vitest'
import { printable, printableJson } from '../src/terminal.ts'

const hostile = '\u001b[2J\u009b31m\u202egpj ##[add-mask]error ::error::x\u007f'

test.each([
  ['controls and directions', 'a\u001b[2J\u009b\u202eb\n', 'a·[2J··b·'],
  ['a command of GitHub’s runner at the beginning', '    ::stop-commands::x', '    ··stop-commands::x'],
  ['a command of its first version anywhere', 'means "##[add-mask]error"', 'means "##·add-mask]error"'],
  ['two colons elsewhere', 'a::b', 'a::b'],
])('%s cannot steer a terminal', (_what, text, shown) => expect(printable(text)).toBe(shown))

test('JSON is as harmless, and the same for programs', () => {
  const value = { [hostile]: [hostile, { n: 1 }] }
  const json = printableJson(value, 2)
  expect(json.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]|##\[/u)
  expect(JSON.parse(json)).toEqual(value)
})
