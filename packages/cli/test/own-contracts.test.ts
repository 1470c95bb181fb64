/** This repository's own contracts keep every policy. */
import { fileURLToPath } from 'node:url'
import { judge } from '@meshloop/contract/policies'
import { expect, it } from 'vitest'
import { contractsOf } from '../src/checkout/contracts.ts'
import { domainRulesOf } from '../src/checkout/domain.ts'
import { findWorkers } from '../src/host/workers.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
/** A fixed day: that a decision has to be reviewed again is for `mesh check` to tell, and breaks no test of the code. */
const today = '2026-11-22'

const workers = findWorkers(root).filter(({ isProduct }) => isProduct)
const contracts = (await Promise.all(workers.map(contractsOf))).flat()
const domains = await domainRulesOf(workers)

it.each(contracts.map((contract) => ({ name: `${contract.id} ${contract.version}`, contract })))(
  '$name',
  ({ contract }) => {
    const domain = domains.get(contract.id.split('.')[0] ?? '')
    const findings = judge(contract, { products: contracts, previous: undefined, domain, today }, [])
    expect(domain).toBeDefined()
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([])
  },
)
