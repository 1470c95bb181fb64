/** The newsletter: who joins, who leaves, and which campaign went to whom. */
import { defineProduct, id, oneOf, time } from '@meshloop/contract'

export { newsletterV1 } from './contract-v1.ts'

/** One record an event; an event never changes. */
export const newsletter = defineProduct({
  id: 'marketing.newsletter',
  version: '2.1.0',
  title: 'Newsletter events',
  purpose:
    'Every subscription, every farewell and every campaign mail with its recipient. Joined with orders it tells what a campaign brought.',
  limitations:
    'Mailed, not read: opening a mail is not tracked. Who subscribed before the shop began to record appears only as a recipient. Before November 2026 nobody recorded the channel.',
  terms: 'For analysing campaigns. Not for writing to customers: consent is asked for where mails are sent.',
  owner: { team: 'Marketing', support: 'marketing-data@shop.example' },
  access: {
    automatic: ['public', 'internal'],
    groups: { least: 5, of: 'customer_id', by: ['action', 'campaign_id'] },
  },
  fields: {
    event_id: id('Number of the event', { name: 'Event number', examples: ['nws_7k2qf9w3ed'] }),
    customer_id: id('Subscriber or recipient', {
      name: 'Customer number',
      synonyms: ['subscriber', 'recipient'],
      class: 'personal',
      of: 'customer.accounts#customer_id',
      examples: ['cust_000042'],
    }),
    action: oneOf(
      ['subscribed', 'unsubscribed', 'mailed'],
      'What happened: somebody subscribed to or left the newsletter, or was mailed a campaign',
      { name: 'Action', synonyms: ['event'] },
    ),
    happened_at: time('When it happened', {
      name: 'Moment of the event',
      examples: ['2026-11-03T08:12:00.000Z'],
    }),
    campaign_id: id('The campaign that was mailed; none for subscribed and unsubscribed', {
      name: 'Campaign number',
      synonyms: ['mailing'],
      nullable: true,
      examples: ['cmp_2026_45'],
    }),
    channel: oneOf(
      ['website', 'checkout', 'mail_link'],
      'Where somebody subscribed or left; none for mails, and where nobody recorded it',
      { name: 'Channel', synonyms: ['way in', 'way out'], nullable: true },
    ),
  },
  key: ['event_id'],
  eventTime: 'happened_at',
  indexes: ['customer_id', 'action', 'campaign_id'],
  measures: {
    events: { means: 'How many events', count: true },
    customers: { means: 'How many different customers', distinct: 'customer_id' },
  },
  dimensions: ['action', 'campaign_id', 'customer_id', 'channel'],
  freshness: 'PT5M',
  frequency: 'P7D',
  retention: 'P730D',
  lifecycle: { generalAvailability: '2026-11-15' },
  quality: {
    mails_have_a_campaign: {
      means: 'Every mail belongs to a campaign',
      dimension: 'completeness',
      when: [{ field: 'action', is: 'eq', value: 'mailed' }],
      holds: [{ field: 'campaign_id', is: 'present' }],
    },
    only_mails_have_a_campaign: {
      means: 'Nobody subscribes or leaves as a part of a campaign',
      dimension: 'consistency',
      when: [{ field: 'action', is: 'ne', value: 'mailed' }],
      holds: [{ field: 'campaign_id', is: 'null' }],
    },
    mails_have_no_channel: {
      means: 'A channel is where somebody subscribes or leaves, not where a mail goes',
      severity: 'warning',
      dimension: 'consistency',
      when: [{ field: 'action', is: 'eq', value: 'mailed' }],
      holds: [{ field: 'channel', is: 'null' }],
    },
  },
})
