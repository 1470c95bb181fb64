/** The newsletter's first major, as it is still answered: a projection of the records of the second. */
import { defineProduct, id, oneOf, time } from '@meshloop/contract'

/** One record an event; an event never changes. */
export const newsletterV1 = defineProduct({
  id: 'marketing.newsletter',
  version: '1.2.0',
  title: 'Newsletter events',
  purpose:
    'Every subscription, every farewell and every campaign mail with its recipient. Joined with orders it tells what a campaign brought.',
  limitations:
    'Sent, not read: opening a mail is not tracked. Who subscribed before the shop began to record appears only as a recipient.',
  owner: { team: 'Marketing', support: 'marketing-data@shop.example' },
  access: { groups: { least: 5, of: 'customer_id', by: ['event', 'campaign_id'] } },
  fields: {
    event_id: id('Number of the event', { examples: ['nws_7k2qf9w3ed'] }),
    customer_id: id('Subscriber or recipient', {
      class: 'personal',
      of: 'customer.accounts#customer_id',
      examples: ['cust_000042'],
    }),
    event: oneOf(
      ['subscribed', 'unsubscribed', 'sent'],
      'Subscribed to or left the newsletter, or was sent a campaign',
    ),
    happened_at: time('When it happened', { examples: ['2026-11-03T08:12:00.000Z'] }),
    campaign_id: id('The campaign that was sent; none for subscribed and unsubscribed', {
      nullable: true,
      examples: ['cmp_2026_45'],
    }),
  },
  key: ['event_id'],
  eventTime: 'happened_at',
  indexes: ['customer_id', 'event', 'campaign_id'],
  measures: {
    events: { means: 'How many events', count: true },
    customers: { means: 'How many different customers', distinct: 'customer_id' },
  },
  dimensions: ['event', 'campaign_id', 'customer_id'],
  freshness: 'PT5M',
  retention: 'P730D',
  lifecycle: {
    deprecated: '2026-11-15',
    endOfSupport: '2027-05-31',
    endOfLife: '2027-11-15',
  },
  projects: { major: 2, fields: { event: { from: 'action', values: { mailed: 'sent' } } } },
})
