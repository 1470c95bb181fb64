import { describe, expect, it } from 'vitest'
import { oneOf, type Contract } from '@meshloop/contract'
import { documentsOf, examplesOf } from '../pages/try-it.ts'
import { orders, origin } from './contracts.ts'

const url = `${origin}/purchase/orders/v1`

describe('examples for a shell', () => {
  it.each(["it's", "'$(touch /tmp/owned)'", "';touch${IFS}owned;'", '`id`', '"; id', "\\'"])(
    'stay one quoted address whatever a contract’s value is: %s',
    (value) => {
      const contract: Contract = {
        ...orders,
        fields: { ...orders.fields, status: oneOf([value], 'Where it stands') },
      }
      const commands = examplesOf({ id: orders.id, major: 1, url, contract, successor: null }).map(
        ({ command }) => command,
      )
      expect(commands).toContainEqual(expect.stringContaining('/records?status='))
      for (const command of commands.filter((line) => line.startsWith('curl')))
        expect(command).toMatch(/^curl -H "Authorization: Bearer \$TOKEN" '[^']*'$/)
    },
  )
})

describe('examples', () => {
  const successor = { major: 2, version: '2.0.0', url: `${origin}/purchase/orders/v2` }
  const commands = (contract: Contract) =>
    examplesOf({ id: orders.id, major: 1, url, contract, successor }).map(({ command }) => command)

  it('buy a token for the major that is shown', () => {
    expect(commands(orders)[0]).toContain('mesh token purchase.orders --major 1)')
  })

  it('ask only for what the product offers', () => {
    const shown = commands({ ...orders, ports: ['changes'] })
    expect(shown).toHaveLength(2)
    expect(shown[1]).toContain('/changes')
    const documents = documentsOf({ url, contract: { ...orders, ports: ['changes'] } })
    expect(documents.map(({ what }) => what)).not.toContain('Tool for agents')
    expect(documentsOf({ url, contract: orders }).map(({ what }) => what)).toContain('Tool for agents')
  })
})
