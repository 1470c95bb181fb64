import { describe, expect, it } from 'vitest'
import { oneOf, type Contract } from '@meshloop/contract'
import { examplesOf } from '../pages/try-it.ts'
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
      const commands = examplesOf({ id: orders.id, url, contract }).map(({ command }) => command)
      expect(commands).toContainEqual(expect.stringContaining('/records?status='))
      for (const command of commands.filter((line) => line.startsWith('curl')))
        expect(command).toMatch(/^curl -H "Authorization: Bearer \$TOKEN" '[^']*'$/)
    },
  )
})
