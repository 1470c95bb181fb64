import { wholeView } from '@meshloop/access/claims'
import type { Contract } from '@meshloop/contract'
import { describe, expect, it } from 'vitest'
import { levelOf } from '../products/level.ts'
import { domainOf, type Product } from '../products/product.ts'
import { fraud, orders } from './contracts.ts'

const product = (contract: Contract): Product => ({
  id: contract.id,
  major: 1,
  domain: domainOf(contract.id),
  url: 'https://data.shop.example',
  contract,
  contract_hash: '',
  registered_by: '',
  registered_at: '',
  updated_at: '',
})
const grant = (consumer: string, of: string) => ({
  id: 'g',
  consumer,
  product: of,
  major: 1,
  purpose: '',
  scopes: ['read'] as const,
  view: wholeView,
  version: 1,
})

const { inputs: _, ...alone } = fraud
const all = [product(orders), product(fraud)]
const used = [grant('shop.storefront', 'risk.fraud')]

describe('level', () => {
  it.each([
    ['nothing', 'growth', all, used, 0],
    [
      'a product of its own data, used by others',
      'purchase',
      all,
      [grant('risk.fraud', 'purchase.orders')],
      2,
    ],
    ['a product built on another domain’s', 'risk', all, [], 3],
    ['only its own use of it', 'risk', all, [grant('risk.review', 'risk.fraud')], 3],
    ['only a developer’s use of it', 'risk', all, [grant('local.commands', 'risk.fraud')], 3],
    ['others’ use and a way back', 'risk', all, used, 5],
    ['a way back without combining', 'risk', [product(alone)], used, 2],
  ])('of a domain with %s', (_name, domain, products, grants, level) => {
    expect(levelOf(domain, products, grants)).toMatchObject({ level })
  })
})
