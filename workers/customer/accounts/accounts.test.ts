import { productSuite, setUp, type Bench } from '@meshloop/product/testing'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { accounts } from './contract.ts'
import worker from './index.ts'

const events = ['address_changed', 'email_changed', 'password_reset', 'new_device_login'] as const

/** Events do not change; a later version of one exists only where a source corrects its time. */
const record = (n: number, revision: number) => ({
  event_id: `acc_${String(n).padStart(4, '0')}`,
  customer_id: `cust_${n % 5}`,
  event: events[(n + revision) % 4],
  happened_at: new Date(Date.UTC(2026, 0, 1, n, revision)).toISOString(),
  details: {
    address_id: n % 4 === 0 ? `adr_${n}` : null,
    device_id: n % 4 === 3 ? `dev_${n}` : null,
    country: n % 3 === 0 ? null : 'DE',
  },
})

productSuite({ worker, contract: accounts, record })

describe('account events', () => {
  let bench: Bench
  beforeAll(async () => {
    bench = await setUp(worker, accounts)
  })
  beforeEach(() => bench.empty())
  const errorsOf = async (row: unknown) => {
    const outcome = await (await bench.send([row])).json<{ rejected: { errors: object[] }[] }>()
    return outcome.rejected.flatMap(({ errors }) => errors)
  }

  it.each([
    ['an unknown event', { ...record(1, 0), event: 'logged_in' }, 'event', 'not_allowed'],
    ['no details', { ...record(1, 0), details: null }, 'details', 'wrong_type'],
    ['details as text', { ...record(1, 0), details: '{}' }, 'details', 'wrong_type'],
    [
      'an unknown detail',
      { ...record(1, 0), details: { email: 'a@b.example' } },
      'details.email',
      'unknown_field',
    ],
    [
      'an id with blanks',
      { ...record(1, 0), details: { device_id: 'my phone' } },
      'details.device_id',
      'malformed',
    ],
    ['nobody', { ...record(1, 0), customer_id: '' }, 'customer_id', 'malformed'],
    [
      'an impossible day',
      { ...record(1, 0), happened_at: '2026-02-30T00:00:00.000Z' },
      'happened_at',
      'malformed',
    ],
  ])('with %s are set aside', async (_what, row, field, code) => {
    expect(await errorsOf(row)).toEqual([expect.objectContaining({ field, code })])
    expect(await bench.json('/records')).toMatchObject({ records: [] })
  })

  it('take details in part and give them whole', async () => {
    await bench.send([{ ...record(1, 0), details: { country: 'FR' } }])
    expect(await bench.json(`/records/${record(1, 0).event_id}`)).toMatchObject({
      details: { address_id: null, device_id: null, country: 'FR' },
    })
  })

  it('of one customer are read oldest first, as a risk check does', async () => {
    await bench.send([9, 1, 6, 2].map((n) => record(n, 0)))
    const { records } = await bench.json<{ records: { event_id: string }[] }>(
      '/records?customer_id=cust_1&event[in]=address_changed,email_changed,password_reset&sort=happened_at',
    )
    expect(records).toEqual([record(1, 0), record(6, 0)])
  })

  it('are counted by kind', async () => {
    await bench.send([1, 2, 3, 5, 6].map((n) => record(n, 0)))
    expect(await bench.json('/aggregate?by=event')).toMatchObject({
      groups: [
        { event: 'email_changed', events: 2, customers: 2 },
        { event: 'new_device_login', events: 1, customers: 1 },
        { event: 'password_reset', events: 2, customers: 2 },
      ],
    })
  })
})
