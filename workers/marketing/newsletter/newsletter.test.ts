import { productSuite, setUp, type Bench } from '@meshloop/product/testing'
import { env } from 'cloudflare:workers'
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

describe('rows of the first major', () => {
  const { DB } = env as unknown as { DB: D1Database } // what the vitest configuration binds
  const at = '2026-11-03T08:12:00.000Z'

  it('are read under both after the migration, and take a channel when they are sent again', async () => {
    const [newest, first] = [
      await setUp(worker, newsletter),
      await setUp(worker, newsletterV1, undefined, newsletter),
    ]
    await newest.empty(1)
    const rows = [
      ['nws_1', 'cust_1', 'sent', 'cmp_1'],
      ['nws_2', 'cust_1', 'unsubscribed', null],
    ]
    await DB.prepare("INSERT INTO _state VALUES (1, 'one', 2, 0)").run()
    await DB.batch(
      rows.map(([key, customer, event, campaign], n) =>
        DB.prepare("INSERT INTO records VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?4, '~', 0, 'file')").bind(
          key,
          customer,
          event,
          at,
          campaign,
          n + 1,
        ),
      ),
    )
    await newest.migrate(1)

    const event = { happened_at: at, customer_id: 'cust_1' }
    const mail = { ...event, event_id: 'nws_1', campaign_id: 'cmp_1' }
    const farewell = { ...event, event_id: 'nws_2', campaign_id: null }
    expect(await first.json('/records')).toMatchObject({
      records: [
        { ...mail, event: 'sent' },
        { ...farewell, event: 'unsubscribed' },
      ],
    })
    const before = { ...farewell, action: 'unsubscribed', channel: null }
    expect(await newest.json('/records')).toMatchObject({
      records: [{ ...mail, action: 'mailed', channel: null }, before],
    })
    const sent = await newest.send([{ ...before, channel: 'mail_link' }])
    expect(await sent.json()).toMatchObject({ accepted: 1 })
    expect(await newest.json('/records/nws_2')).toMatchObject({ channel: 'mail_link' })
  })
})
