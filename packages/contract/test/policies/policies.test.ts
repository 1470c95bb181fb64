import { describe, expect, it } from 'vitest'
import { id } from '../../src/index.ts'
import { judge, meshPolicies } from '../../src/policies/index.ts'
import type { Cases } from './cases.ts'
import { classCases } from './class-cases.ts'
import { joinCases } from './join-cases.ts'
import { lifecycleCases } from './lifecycle-cases.ts'
import { promiseCases } from './promise-cases.ts'
import { mesh, people, totals, visits, withField } from './world.ts'

const cases: Readonly<Record<string, Cases>> = {
  ...classCases,
  ...promiseCases,
  ...joinCases,
  ...lifecycleCases,
}

describe.each(meshPolicies)('$id', (policy) => {
  const { keeps, breaks } = cases[policy.id] ?? { keeps: [], breaks: [] }

  it('says why, and how to keep it', () => {
    expect(policy.id).toMatch(/^[a-z][a-z-]+$/) // no slash: those are the domains' own
    for (const text of [policy.reason, policy.remedy]) expect(text).toMatch(/^\p{Lu}.{20,}\.$/u)
  })

  it('has contracts that keep it and that break it', () => {
    expect(keeps).not.toEqual([])
    expect(breaks).not.toEqual([])
  })

  it.each(keeps)('is kept by $what', ({ contract, mesh: view }) => {
    expect([...policy.check(contract, view ?? mesh())]).toEqual([])
  })

  it.each(breaks)('is broken by $what', ({ contract, mesh: view, paths }) => {
    const breaches = [...policy.check(contract, view ?? mesh())]
    expect(breaches.map(({ path }) => path)).toEqual(paths)
    for (const { problem } of breaches) expect(problem).not.toMatch(/undefined|NaN|\[object/)
  })
})

it('cases are about policies that there are, and no two have one id', () => {
  const ids = meshPolicies.map(({ id }) => id)
  expect(Object.keys(cases).toSorted()).toEqual(ids.toSorted())
  expect(new Set(ids).size).toBe(ids.length)
})

it.each([visits(), totals()])('$id keeps them all', (contract) => {
  expect(judge(contract, mesh(), [])).toEqual([])
})

const all = Object.values(cases).flatMap(({ keeps, breaks }) => [...keeps, ...breaks])

it('none fails, whatever it is asked about', () => {
  for (const { contract } of all)
    for (const { mesh: view } of all)
      for (const { problem } of judge(contract, view ?? mesh(), []))
        expect(problem).not.toMatch(/could not be checked/)
})

it('a name that is used all over the mesh is told of three times', () => {
  const products = Array.from({ length: 200 }, (_, n) =>
    visits({ id: `shop.p${n}`, fields: people().fields }),
  )
  const findings = judge(withField('email', id('Mail')), mesh({ products }), [])
  expect(findings.filter(({ policy }) => policy === 'one-name-one-meaning')).toHaveLength(3)
})
