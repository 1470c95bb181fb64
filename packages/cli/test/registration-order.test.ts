import { id, struct, time, type Contract, type Field } from '@meshloop/contract'
import { expect, it } from 'vitest'
import { inRegistrationOrder } from '../src/registration/order.ts'

const contract = (name: string, more: Partial<Contract> = {}): { contract: Contract } => ({
  contract: {
    id: `shop.${name}`,
    version: '1.0.0',
    title: 'T',
    purpose: 'P',
    owner: { team: 'Shop', support: 'shop@shop.example' },
    fields: { key: id('Key') },
    key: ['key'],
    eventTime: 'at',
    freshness: 'PT5M',
    ...more,
  },
})
const referring = (name: string, to: Field) =>
  contract(name, { fields: { key: id('Key'), at: time('At'), to } })
const inputs = (...products: string[]) => ({
  inputs: products.map((product) => ({ product: `shop.${product}`, major: 1 })),
})

it.each<[string, { contract: Contract }[], string[]]>([
  ['as they come', [contract('b'), contract('a')], ['b 1', 'a 1']],
  [
    'after inputs',
    [contract('c', inputs('b')), contract('b', inputs('a')), contract('a')],
    ['a 1', 'b 1', 'c 1'],
  ],
  ['after older majors', [contract('a', { version: '2.0.0' }), contract('a')], ['a 1', 'a 2']],
  ['after references', [referring('b', id('A', { of: 'shop.a#key' })), contract('a')], ['a 1', 'b 1']],
  [
    'after references of members',
    [referring('b', struct({ a: id('A', { of: 'shop.a#key' }) }, 'All')), contract('a')],
    ['a 1', 'b 1'],
  ],
  [
    'not after a longer name',
    [referring('b', id('A', { of: 'shop.a#key' })), contract('ab')],
    ['b 1', 'ab 1'],
  ],
  [
    'in a circle, as they come',
    [referring('a', id('B', { of: 'shop.b#key' })), referring('b', id('A', { of: 'shop.a#key' }))],
    ['b 1', 'a 1'],
  ],
  ['after itself never', [contract('a', inputs('a'))], ['a 1']],
])('products are registered %s', (_what, products, expected) => {
  const order = inRegistrationOrder(products).map(
    ({ contract: one }) => `${one.id.slice(5)} ${one.version[0]}`,
  )
  expect(order).toEqual(expected)
})
