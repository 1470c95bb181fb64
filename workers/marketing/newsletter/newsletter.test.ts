import { productSuite, setUp, type Bench } from '@meshloop/product/testing'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { newsletter, newsletterV1 } from './contract.ts'
import worker from './index.ts'

const actions = ['subscribed', 'unsubscribed', 'mailed'] as const
const channels = ['website', 'checkout', null] as const

/** Events do not change; a later version of one exists only where a source corrects its time. */
const record = (n: number, revision: number) => ({
  event_id: `nws_${String(n).padStart(4, '0')}`,
  customer_id: `cust_${n % 5}`,
  action: actions[(n + revision) % 3],
  happened_at: new Date(Date.UTC(2026, 0, 1, n, revision)).toISOString(),
  campaign_id: (n + revision) % 3 === 2 ? `cmp_${n % 2}` : null,
  channel: (n + revision) % 3 === 2 ? null : channels[n % 3],
})

productSuite({ worker, contract: newsletter, older: [newsletterV1], record })

describe('newsletter events', () => {
  let bench: Bench
  beforeAll(async () => {
    bench = await setUp(worker, newsletter)
  })
  beforeEach(() => bench.empty())

  it.each([
    ['an unknown action', { ...record(1, 0), action: 'opened' }, 'action', 'not_allowed'],
    ['an action of the older major', { ...record(2, 0), action: 'sent' }, 'action', 'not_allowed'],
    ['no action', { ...record(1, 0), action: null }, 'action', 'not_allowed'],
    ['nobody', { ...record(1, 0), customer_id: undefined }, 'customer_id', 'missing'],
    [
      'a campaign that is no id',
      { ...record(2, 0), campaign_id: 'black friday' },
      'campaign_id',
      'malformed',
    ],
    ['an address', { ...record(1, 0), email: 'a@b.example' }, 'email', 'unknown_field'],
  ])('with %s are set aside', async (_what, row, field, code) => {
    const outcome = await (await bench.send([row])).json<{ rejected: { errors: object[] }[] }>()
    expect(outcome.rejected.flatMap(({ errors }) => errors)).toEqual([
      expect.objectContaining({ field, code }),
    ])
    expect(await bench.json('/records')).toMatchObject({ records: [] })
  })

  it('need neither campaign nor channel', async () => {
    const { campaign_id: _, channel: __, ...farewell } = record(1, 0)
    await bench.send([farewell])
    expect(await bench.json(`/records/${farewell.event_id}`)).toEqual({
      ...farewell,
      campaign_id: null,
      channel: null,
    })
  })

  it('tell how many recipients a campaign had', async () => {
    await bench.send([2, 3, 5, 8, 11, 14].map((n) => record(n, 0)))
    expect(await bench.json('/aggregate?by=campaign_id&action=mailed')).toMatchObject({
      groups: [
        { campaign_id: 'cmp_0', events: 3, customers: 3 },
        { campaign_id: 'cmp_1', events: 2, customers: 2 },
      ],
    })
  })
})
