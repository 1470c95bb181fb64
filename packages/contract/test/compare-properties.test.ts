import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareContracts, steps, type Comparison } from '../src/compare/index.ts'
import { canonicalJson, recordSchema, type Contract, type Field, type Fields } from '../src/index.ts'
import { arbitraryChange, arbitraryContract, arbitraryRecord } from './arbitrary-contract.ts'

const isSame = ({ version: _a, ...a }: Contract, { version: _b, ...b }: Contract) =>
  canonicalJson(a) === canonicalJson(b)

/** A record without the members that these fields do not have: how a reader takes it that ignores what it does not know. */
const known = (record: Record<string, unknown>, fields: Fields): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(record)
      .filter(([name]) => Object.hasOwn(fields, name))
      .map(([name, value]) => [name, knownValue(value, fields[name] as Field)]),
  )
const knownValue = (value: unknown, { items, fields }: Field): unknown => {
  if (value === null) return null
  if (items && Array.isArray(value)) return value.map((item) => knownValue(item, items))
  return fields && typeof value === 'object' ? known(value as Record<string, unknown>, fields) : value
}

/** What a change is called when it is looked at from the other side: codes, or how codes end. */
const opposites: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ['bound_lifted', 'bound_tightened'],
    ['unit_stated', 'unit_removed'],
    ['visibility_widened', 'visibility_narrowed'],
    ['ingest_opened', 'ingest_closed'],
    ['added', 'removed'],
    ['worsened', 'improved'],
    ['raised', 'lowered'],
  ].flatMap(([a = '', b = '']) => [[a, b], [b, a]] as const),
) // prettier-ignore
const mirrored = (code: string): string =>
  opposites[code] ?? code.replace(/[a-z]+$/, (last) => opposites[last] ?? last)
/** Ends of life and prices have words of their own in each direction; bounds of a rule may be looser than each other. */
const isMirrored = (code: string): boolean =>
  !/^(end_of_|price_|quality_rule_loosened|quality_rule_tightened)/.test(code)
const codes = ({ findings }: Comparison) => findings.map(({ code }) => code)
const pairs = fc.oneof(arbitraryChange, fc.record({ before: arbitraryContract, after: arbitraryContract }))

// A run makes a whole contract and its schema: a quarter of the runs is a long run for it.
const numRuns = Math.max(100, Math.ceil((fc.readConfigureGlobal().numRuns ?? 100) / 4))

describe('comparing random contracts', () => {
  it('no change is no finding', () => {
    fc.assert(
      fc.property(arbitraryContract, (contract) => {
        const copy = JSON.parse(JSON.stringify({ ...contract, version: '1.7.0' })) as Contract
        expect(compareContracts(contract, copy)).toEqual({
          findings: [],
          step: 'none',
          readers: 'compatible',
          sources: 'compatible',
        })
      }),
    )
  })

  it('any change is a finding, and its step is the largest of its parts', () => {
    fc.assert(
      fc.property(pairs, ({ before, after }) => {
        const { findings, step, readers, sources } = compareContracts(before, after)
        expect(findings.length > 0).toBe(!isSame(before, after))
        expect(steps.indexOf(step)).toBe(
          Math.max(0, ...findings.map((finding) => steps.indexOf(finding.step))),
        )
        expect(step === 'major').toBe(readers === 'breaks' || sources === 'breaks')
        for (const finding of findings) {
          const breaks = finding.readers === 'breaks' || finding.sources === 'breaks'
          expect([finding.step === 'major', finding.remedy !== undefined]).toEqual([breaks, breaks])
          for (const name of finding.fields ?? []) expect(Object.keys(before.fields)).toContain(name)
        }
      }),
    )
  })

  it('any change of any one member is a finding about it', () => {
    const members = ['title', 'price', 'owner', 'visibility', 'access', 'fields', 'eventTime', 'versionBy', 'indexes', 'measures', 'ports', 'freshness', 'frequency', 'retention', 'tombstones', 'exports', 'availability', 'lifecycle', 'quality', 'flags', 'gate', 'carried', 'terms', 'limitations', 'inputs', 'rollups', 'reintegration', 'dimensions', 'purpose'] as const // prettier-ignore
    fc.assert(
      fc.property(
        arbitraryContract,
        arbitraryContract,
        fc.constantFrom(...members),
        (before, other, member) => {
          const { [member]: _gone, ...rest } = before
          const after = {
            ...rest,
            ...(other[member] !== undefined && { [member]: other[member] }),
          } as Contract
          const { findings } = compareContracts(before, after)
          const isChanged = canonicalJson(before[member] ?? null) !== canonicalJson(after[member] ?? null)
          expect(findings.some(({ path }) => path === member || path.startsWith(`${member}.`))).toBe(
            isChanged,
          )
        },
      ),
    )
  })

  it('compatible for readers: a record of the newer one is read by the older one', () => {
    const compatible = arbitraryChange
      .filter(({ before, after }) => compareContracts(before, after).readers === 'compatible')
      .chain(({ before, after }) => fc.tuple(fc.constant(before), fc.constant(after), arbitraryRecord(after)))
    fc.assert(
      fc.property(compatible, ([before, after, record]) => {
        expect(recordSchema(after).safeParse(record).error).toBeUndefined()
        expect(recordSchema(before).safeParse(known(record, before.fields)).error).toBeUndefined()
      }),
      { numRuns },
    )
  })

  it('compatible for sources: a row of the older one is accepted by the newer one', () => {
    const compatible = arbitraryChange
      .filter(
        ({ before, after }) =>
          before.inputs === undefined && compareContracts(before, after).sources === 'compatible',
      )
      .chain(({ before, after }) => fc.tuple(fc.constant(after), arbitraryRecord(before)))
    fc.assert(
      fc.property(compatible, ([after, row]) => {
        expect(recordSchema(after).safeParse(row).error).toBeUndefined()
      }),
      { numRuns },
    )
  })

  it('what loosens one way tightens the other way', () => {
    fc.assert(
      fc.property(arbitraryChange, ({ before, after }) => {
        const [there, back] = [codes(compareContracts(before, after)), codes(compareContracts(after, before))]
        fc.pre(!there.some((code) => /^(required_)?field_/.test(code))) // what goes with a field is not told again
        expect(back.filter(isMirrored).toSorted()).toEqual(there.filter(isMirrored).map(mirrored).toSorted())
      }),
    )
  })

  it('values that break readers one way break sources the other way', () => {
    const isOfValues = /^(nullable|enum_value|bound|kind)_|^field_(removed|renamed)$/
    const breaking = (comparison: Comparison, side: 'readers' | 'sources') =>
      comparison.findings.some((finding) => isOfValues.test(finding.code) && finding[side] === 'breaks')
    fc.assert(
      fc.property(
        arbitraryChange,
        ({ before: { inputs: _a, ...before }, after: { inputs: _b, ...after } }) => {
          const there = compareContracts(before, after)
          const back = compareContracts(after, before)
          const isLoosened = there.findings.some(({ code }) => /^(nullable_added|enum_value_added|bound_lifted)$/.test(code)) // prettier-ignore
          if (isLoosened)
            expect([breaking(there, 'readers'), breaking(back, 'sources')]).toEqual([true, true])
        },
      ),
    )
  })
})
