import { describe, expect, it } from 'vitest'
import { text } from '../../src/index.ts'
import { judgeBy } from '../../src/policies/judge.ts'
import {
  judge,
  MAX_EXCEPTION_DAYS,
  meshPolicies,
  problemOfException,
  stops,
  type Exception,
  type MeshView,
} from '../../src/policies/index.ts'
import { exception, mesh, TODAY, withFields } from './world.ts'

const contract = withFields({ email: text('E-mail'), phone: text('Phone') })
const [email, phone] = ['fields.email.class', 'fields.phone.class']

/** No other product, whose fields could be compared. */
const alone = mesh({ products: [] })

/** Paths that stop a registration, and what is said of the exceptions. */
const outcome = (exceptions: readonly Exception[], view: MeshView = alone) => {
  const findings = judge(contract, view, exceptions)
  return {
    stopping: findings.filter(stops).map(({ path }) => path),
    warnings: findings.filter(({ severity }) => severity === 'warning').map(({ policy }) => policy),
  }
}

describe('a judgement', () => {
  it('says what is wrong, why that is bad, and how to mend it', () => {
    const [policy] = meshPolicies
    expect(judge(contract, mesh(), [])[0]).toEqual({
      policy: policy?.id,
      severity: 'error',
      path: email,
      problem: 'email looks personal, but is classed internal',
      reason: policy?.reason,
      remedy: policy?.remedy,
      excused: null,
    })
  })

  it('holds a policy that fails against the contract, whatever exceptions there are', () => {
    const failing = {
      id: 'fails',
      severity: 'warning',
      reason: 'For the test.',
      remedy: 'None.',
      *check() {
        yield { path: 'title', problem: 'is found before it fails' }
        throw new Error('a mistake')
      },
    } as const
    const findings = judgeBy([failing], contract, mesh(), [exception({ policy: 'fails' })])
    expect(findings).toMatchObject([
      { policy: 'fails', severity: 'error', path: '', problem: 'could not be checked: a mistake' },
    ])
    expect(findings.filter(stops)).toHaveLength(1)
  })
})

describe('an exception', () => {
  const ids = 'exceptions-are-current'
  it.each<[string, Partial<Exception>, string[], string[]]>([
    ['for the product covers all of it', {}, [], []],
    ['for a path covers that one', { path: email }, [phone], []],
    ['for a field covers what is below it', { path: 'fields.email' }, [phone], []],
    ['for a longer name covers nothing', { path: 'fields.emai' }, [email, phone], []],
    ['on its last day', { expires: TODAY }, [], []],
    ['that has expired', { expires: '2026-11-21' }, [email, phone], [ids]],
    ['that runs for a year', { expires: '2027-11-22' }, [], []],
    ['that runs too long', { expires: '2027-11-24' }, [email, phone], [ids]],
    ['without a reason', { reason: ' ' }, [email, phone], [ids]],
    ['that nobody answers for', { owner: 'TBD' }, [email, phone], [ids]],
    ['from another policy', { policy: 'joins-fit' }, [email, phone], []],
    ['from a policy that there is not', { policy: 'joins-fitt' }, [email, phone], [ids]],
    ['of another product', { product: 'shop.other', expires: '2020-01-01' }, [email, phone], []],
    ['from all policies at once', { policy: '*' }, [email, phone], [ids]],
  ])('%s', (_what, more, stopping, warnings) => {
    expect(outcome([exception(more)])).toEqual({ stopping, warnings })
  })

  it('stands beside what it covers', () => {
    const covering = exception({ path: email })
    const findings = judge(contract, alone, [exception({ path: 'fields.x' }), covering])
    expect(findings.map(({ path, excused }) => [path, excused])).toEqual([
      [email, covering],
      [phone, null],
    ])
  })

  it('from exceptions having an end is none', () => {
    const expired = exception({ expires: '2020-01-01' })
    const { warnings } = outcome([expired, exception({ policy: 'exceptions-are-current' })])
    expect(warnings).toEqual(['exceptions-are-current', 'exceptions-are-current'])
  })

  it('with a day that is none is not in force', () => {
    const expires = '2026-13-45'
    expect(problemOfException(exception({ expires }), TODAY)).toMatch(/no day/)
    expect(MAX_EXCEPTION_DAYS).toBe(366)
  })
})

describe('a domain', () => {
  const { domain } = mesh()
  const rule = { id: 'mine', severity: 'error', reason: 'Why.', remedy: 'How.' } as const
  const withRules = (...rules: NonNullable<NonNullable<MeshView['domain']>['rules']>) =>
    mesh(domain ? { products: [], domain: { ...domain, rules } } : {})
  const found = (view: MeshView) =>
    judge(contract, view, []).flatMap(({ policy, path }) =>
      policy.startsWith('shop/') ? [[policy, path]] : [],
    )

  it.each<[string, object, string[]]>([
    ['require of fields', { fields: { kinds: ['money'] }, require: ['min'] }, ['fields.spent_cents.min']],
    [
      'forbid of fields',
      { fields: { endsWith: '_cents' }, forbid: ['unit', 'max'] },
      ['fields.spent_cents.unit'],
    ],
    ['forbid fields', { fields: { startsWith: 'spent' } }, ['fields.spent_cents']],
    [
      'choose fields by name',
      { fields: { names: ['email'] }, require: ['examples'] },
      ['fields.email.examples'],
    ],
    ['choose by all that is said', { fields: { kinds: ['text'], names: ['at', 'email'] } }, ['fields.email']],
    ['choose by class', { fields: { classes: ['personal'] } }, []],
    ['require of contracts', { require: ['terms', 'retention'] }, ['terms']],
    ['forbid of contracts', { forbid: ['retention', 'price'] }, ['retention']],
  ])('can %s', (_what, more, paths) => {
    const all = found(withRules({ ...rule, ...more }))
    expect(all).toEqual(paths.map((path) => ['shop/mine', path]))
  })

  it.each(meshPolicies)('cannot take the place of $id', ({ id }) => {
    const before = outcome([])
    const after = outcome([], withRules({ ...rule, id, severity: 'warning', require: ['title' as 'terms'] }))
    expect(after).toEqual(before)
  })

  it('has its own exceptions', () => {
    const view = withRules({ ...rule, require: ['terms'] })
    const excused = outcome([exception({ policy: 'shop/mine' })], view)
    expect(excused).toEqual({ stopping: [email, phone], warnings: [] })
  })
})
