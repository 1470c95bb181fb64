/** This repository's own contracts keep every policy. */
import { fileURLToPath } from 'node:url'
import { judge, stops } from '@meshloop/contract/policies'
import { expect, it } from 'vitest'
import { contractsOf } from '../src/checkout/contracts.ts'
import { domainRulesOf } from '../src/checkout/domain.ts'
import { productWorkers } from '../src/checkout/product-worker.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
/** A fixed day: that a decision has to be reviewed again is for `mesh check` to tell, and breaks no test of the code. */
const today = '2026-11-22'

const workers = productWorkers(root)
const contracts = (await Promise.all(workers.map(contractsOf))).flat()
const domains = await domainRulesOf(workers)

it('time alone stops none of them from being registered: a checkout of today starts in ten years too', () => {
  const later = contracts.flatMap((contract) => {
    const domain = domains.get(contract.id.split('.')[0] ?? '')
    return judge(contract, { products: contracts, previous: undefined, domain, today: '2036-11-22' }, [])
  })
  expect(later.filter(stops)).toEqual([])
  expect(later.map(({ policy }) => policy)).toContain('not-past-its-end')
})

it.each(contracts.map((contract) => ({ name: `${contract.id} ${contract.version}`, contract })))(
  '$name',
  ({ contract }) => {
    const domain = domains.get(contract.id.split('.')[0] ?? '')
    const findings = judge(contract, { products: contracts, previous: undefined, domain, today }, [])
    expect(domain).toBeDefined()
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([])
  },
)
