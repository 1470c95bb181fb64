/** What is written as YAML is read as what it was, by readers of both versions. */
import { toYaml } from '@meshloop/contract/documents'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { parse } from 'yaml'

const reads = (value: object): void => {
  const text = toYaml(value)
  for (const version of ['1.1', '1.2'] as const) expect(parse(text, { version })).toEqual(value)
}

it.each([
  { what: 'nothing', value: {} },
  { what: 'lists of lists', value: [[], [[]], [[1, [2]], {}], [{ a: [] }, { b: {} }]] },
  {
    what: 'words that are something else',
    value: ['y', 'No', 'on', 'NULL', 'true', '~', '.inf', '1:30', '0x1f', '1e3'],
  },
  { what: 'days', value: { day: '2026-11-22', moment: '2026-11-22T08:00:00.000Z' } },
  {
    what: 'marks',
    value: ['- a', '# a', 'a #b', 'a: b', '---', '...', '&a', '*a', '!a', '%a', '<<', '? a', '@', '`'],
  },
  {
    what: 'keys',
    value: { '': 1, '<<': { a: 1 }, 'a: b': 1, yes: 1, '1': 1, 'a\nb': 1, ['k'.repeat(3_000)]: { a: [1] } },
  },
  {
    what: 'characters',
    value: [
      '\u0000\u0007\u001b\u007f\u0085\u2028\ufeff\uffff',
      'über 😀',
      ' a ',
      'a\n\nb\n',
      '\t',
      '"',
      '\\',
    ],
  },
  { what: 'numbers', value: [0, -1, 1e21, 1.5e-7, 9007199254740991] },
])('$what', ({ value }) => {
  reads(value)
})

it('any value of JSON', () => {
  const unit = fc.constantFrom('grapheme', 'binary') // every character, and those that people type
  const text = unit.chain((of) => fc.string({ unit: of, maxLength: 20 }))
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null)),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(text, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    ),
  }))
  fc.assert(fc.property(value, (any) => reads({ any })))
})
