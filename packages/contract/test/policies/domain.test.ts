import { describe, expect, it } from 'vitest'
import { defineDomain, DomainError, readDomain } from '../../src/policies/index.ts'

const rule = { id: 'mine', severity: 'error', reason: 'Why.', remedy: 'How.', require: ['terms'] }
const good = {
  domain: 'shop',
  team: 'Shop',
  support: 'shop@shop.example',
  limits: { personalRetention: 'P365D' },
  rules: [rule, { ...rule, id: 'other', fields: { kinds: ['money'] }, require: ['min'] }],
}

const problemsOf = (json: unknown): string[] => {
  try {
    readDomain(json)
    return []
  } catch (error) {
    expect(error).toMatchObject({ code: 'domain_invalid' })
    if (error instanceof DomainError) return error.problems.map(({ path }) => path)
    throw error
  }
}
const withRule = (more: object) => ({ ...good, rules: [{ ...rule, ...more }] })
const deep = (levels: number): unknown => (levels === 0 ? {} : { fields: deep(levels - 1) })

describe('what a domain says of itself', () => {
  it('is read when it is good', () => expect(readDomain(structuredClone(good))).toEqual(good))
  it('is defined when it is good', () => {
    const { limits: _, rules: __, ...least } = good
    expect(defineDomain(least)).toEqual(least)
  })

  it.each([
    ['nothing', undefined, ['']],
    ['a list', [good], ['']],
    ['no domain', { ...good, domain: '' }, ['domain']],
    ['a domain with a slash', { ...good, domain: 'shop/x' }, ['domain']],
    ['a team that is none', { ...good, team: 'TBD' }, ['team']],
    ['support that nobody reads', { ...good, support: 'somewhere' }, ['support']],
    ['an unknown member', { ...good, exceptions: [] }, ['']],
    ['an unknown limit', { ...good, limits: { freshness: 'P1D' } }, ['limits']],
    ['a limit that is none', { ...good, limits: { personalRetention: '1 year' } }, ['limits.personalRetention']],
    ['no time at all', { ...good, limits: { personalRetention: 'P0D' } }, ['limits.personalRetention']],
    ['two rules of one id', { ...good, rules: [rule, rule] }, ['rules']],
    ['too many rules', { ...good, rules: Array.from({ length: 51 }, (_, n) => ({ ...rule, id: `r${n}` })) }, ['rules']],
    ['an id like a mesh policy of another domain', withRule({ id: 'customer/x' }), ['rules.0.id']],
    ['a rule that says nothing', withRule({ require: undefined }), ['rules.0']],
    ['a member that contracts do not have', withRule({ require: ['fields'] }), ['rules.0']],
    ['a member that fields do not have', withRule({ fields: { kinds: ['id'] }, require: ['terms'] }), ['rules.0']],
    ['a selector that selects all', withRule({ fields: {}, require: ['min'] }), ['rules.0.fields']],
    ['a kind that is none', withRule({ fields: { kinds: ['regex'] }, require: ['min'] }), ['rules.0']],
    ['a regular expression', withRule({ fields: { matches: '(a+)+$' }, require: ['min'] }), ['rules.0.fields', 'rules.0.fields']],
    ['a severity that is none', withRule({ severity: 'off' }), ['rules.0']],
    ['a long reason', withRule({ reason: 'x'.repeat(2001) }), ['rules.0.reason']],
    ['a deep document', withRule({ fields: deep(2_000) }), ['']],
  ])('with %s is refused', (_what, json, paths) => expect(problemsOf(json)).toEqual(paths)) // prettier-ignore
})
