/** Policies about change and time. */
import type { Contract, Day, Lifecycle } from '../../src/index.ts'
import type { Finding, Step } from '../../src/compare/finding.ts'
import type { Cases } from './cases.ts'
import { mesh, people, totals, visits } from './world.ts'

const finding = (step: Step): Finding => ({
  code: 'field_removed',
  path: `fields.${step}`,
  what: 'A field is gone',
  readers: 'breaks',
  sources: 'none',
  step,
})
const replacing = (contract: Contract, step: Step) =>
  mesh({
    previous: {
      contract,
      comparison: {
        findings: [finding('patch'), finding(step)],
        step,
        readers: 'breaks',
        sources: 'compatible',
      },
    },
  })
const ends = (endOfLife: Day, deprecated?: Day): Contract =>
  visits({ lifecycle: deprecated === undefined ? { endOfLife } : { deprecated, endOfLife } })
const beside = (lifecycle?: Lifecycle) =>
  mesh({ products: [visits(lifecycle ? { lifecycle } : {}), visits({ id: 'shop.other' })] })
const second = visits({ version: '2.0.0' })
const path = ['lifecycle.endOfLife']

/** By id of the policy. Today is 2026-11-22; 90 days later it is 2027-02-20. */
export const lifecycleCases: Readonly<Record<string, Cases>> = {
  'breaking-change-needs-major': {
    keeps: [
      { what: 'nothing to compare with', contract: visits() },
      { what: 'a smaller step', contract: visits({ version: '1.1.0' }), mesh: replacing(visits(), 'minor') },
    ],
    breaks: [
      { what: 'a breaking change within a major', contract: visits({ version: '1.1.0' }), mesh: replacing(visits(), 'major'), paths: ['fields.major'] },
    ],
  },
  'notice-before-end': {
    keeps: [
      { what: 'no end', contract: visits() },
      { what: 'a deprecation alone', contract: visits({ lifecycle: { deprecated: '2026-11-22' } }) },
      { what: '90 days', contract: ends('2027-02-20', '2026-11-22') },
      { what: 'an end that was announced before', contract: ends('2026-12-01', '2026-08-01'), mesh: replacing(ends('2026-12-01', '2026-08-01'), 'none') },
      { what: 'an end that nobody relied on before', contract: ends('2026-12-01', '2026-08-01') },
      { what: 'a later end', contract: ends('2026-12-02', '2026-08-01'), mesh: replacing(ends('2026-12-01', '2026-08-01'), 'patch') },
    ],
    breaks: [
      { what: 'what was never deprecated', contract: ends('2027-12-01'), paths: path },
      { what: '89 days after its deprecation', contract: ends('2027-05-01', '2027-02-01'), paths: path },
      { what: '89 days from today', contract: ends('2027-02-19', '2026-08-01'), mesh: replacing(visits(), 'minor'), paths: path },
      { what: 'nearer than it was', contract: ends('2027-01-31', '2026-08-01'), mesh: replacing(ends('2027-02-28', '2026-08-01'), 'patch'), paths: path },
      { what: 'both', contract: ends('2026-11-23', '2026-11-22'), mesh: replacing(visits(), 'minor'), paths: [...path, ...path] },
    ],
  },
  'older-major-has-an-end': {
    keeps: [
      { what: 'the first major', contract: visits(), mesh: beside() },
      { what: 'an older major that ends in time', contract: second, mesh: beside({ deprecated: '2026-11-22', endOfLife: '2027-02-20' }) },
      { what: 'the older one itself', contract: ends('2027-02-20', '2026-11-22'), mesh: mesh({ products: [second] }) },
    ],
    breaks: [
      { what: 'an older major that comes after the newer one', contract: visits(), mesh: mesh({ products: [second] }), paths: ['lifecycle'] },
      { what: 'an older major without a word', contract: second, mesh: beside(), paths: ['version'] },
      { what: 'deprecated, without an end', contract: second, mesh: beside({ deprecated: '2026-11-22' }), paths: ['version'] },
      { what: 'an end without deprecation', contract: second, mesh: beside({ endOfLife: '2027-12-01' }), paths: ['version'] },
      { what: 'too short a notice', contract: second, mesh: beside({ deprecated: '2026-12-01', endOfLife: '2027-02-28' }), paths: ['version'] },
    ],
  },
  'not-past-its-end': {
    keeps: [
      { what: 'its last day', contract: ends('2026-11-22') },
      { what: 'no end', contract: visits() },
    ],
    breaks: [{ what: 'the day after', contract: ends('2026-11-21'), paths: path }],
  },
  'still-supported': {
    keeps: [
      { what: 'its last day', contract: visits({ lifecycle: { endOfSupport: '2026-11-22' } }) },
      { what: 'no end', contract: visits() },
    ],
    breaks: [
      { what: 'the day after', contract: visits({ lifecycle: { endOfSupport: '2026-11-21' } }), paths: ['lifecycle.endOfSupport'] },
    ],
  },
  'inputs-last': {
    keeps: [
      { what: 'inputs without an end', contract: totals() },
      { what: 'one that will be deprecated', contract: totals(), mesh: mesh({ products: [visits({ lifecycle: { deprecated: '2026-11-23' } }), people()] }) },
    ],
    breaks: [
      { what: 'a deprecated one', contract: totals(), mesh: mesh({ products: [visits({ lifecycle: { deprecated: '2026-11-22' } }), people()] }), paths: ['inputs.0'] },
      { what: 'one that ends', contract: totals(), mesh: mesh({ products: [visits(), people({ lifecycle: { deprecated: '2027-01-01', endOfLife: '2027-12-01' } })] }), paths: ['inputs.1'] },
    ],
  },
} // prettier-ignore
