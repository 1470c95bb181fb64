/** What happens to customers' accounts: changes and sign-ins that tell who may be acting in a customer's name. */
import { defineProduct, id, oneOf, struct, time } from '@meshloop/contract'

/** One record an event; an event never changes. */
export const accounts = defineProduct({
  id: 'customer.accounts',
  version: '1.3.0',
  title: 'Account events',
  purpose:
    'Every change of a customer account that matters for trust: new addresses and e-mail addresses, reset passwords, sign-ins from new devices. The base of risk checks and of help when an account is taken over.',
  limitations:
    'Events, not the state of an account: who has not changed anything does not appear. Ordinary sign-ins from known devices are left out.',
  terms:
    'For protecting customers against fraud and takeovers, and for helping them. Not for advertising, and not for following what single people do.',
  owner: { team: 'Customer', support: 'customer-data@shop.example' },
  access: { groups: { least: 5, of: 'customer_id', by: ['event'] } },
  fields: {
    event_id: id('Number of the event', { name: 'Event number', examples: ['acc_7k2qf9w3ed'] }),
    customer_id: id('Customer whose account it is', {
      name: 'Customer number',
      synonyms: ['user', 'account holder'],
      class: 'personal',
      examples: ['cust_000042'],
    }),
    event: oneOf(
      ['address_changed', 'email_changed', 'password_reset', 'new_device_login'],
      'What happened. A new account begins with a sign-in from a new device and its first address.',
      { name: 'Event', synonyms: ['change', 'sign-in'] },
    ),
    happened_at: time('When it happened', {
      name: 'Moment of the event',
      examples: ['2026-11-01T09:30:00.000Z'],
    }),
    details: struct(
      {
        address_id: id('The new address; for address_changed', {
          name: 'New address',
          class: 'personal',
          nullable: true,
          examples: ['adr_5d20k7hm'],
        }),
        device_id: id('The device that was used, where it is known; always for new_device_login', {
          name: 'Device',
          class: 'personal',
          nullable: true,
          examples: ['dev_m31x8zqa'],
        }),
        country: id('ISO 3166-1 country of the new address, or from which the sign-in came', {
          name: 'Country',
          class: 'personal',
          nullable: true,
          examples: ['DE'],
        }),
      },
      'What is known beside the event itself',
      { name: 'Details', class: 'personal' },
    ),
  },
  key: ['event_id'],
  eventTime: 'happened_at',
  indexes: ['customer_id', 'event'],
  measures: {
    events: { means: 'How many events', count: true },
    customers: { means: 'How many different customers', distinct: 'customer_id' },
  },
  dimensions: ['event', 'customer_id'],
  exports: { every: 'PT1H', keep: 'P7D' },
  freshness: 'PT5M',
  frequency: 'P1D',
  retention: 'P365D',
  availability: 99.5,
  lifecycle: { generalAvailability: '2026-11-15' },
  quality: {
    told_once: {
      means: 'One thing that happens to an account is told once',
      severity: 'warning',
      dimension: 'uniqueness',
      duplicates: ['customer_id', 'event', 'happened_at'],
      unit: 'percent',
      bound: { lt: 1 },
    },
    somebody_is_meant: {
      means: 'Every event is about a customer',
      dimension: 'completeness',
      missing: 'customer_id',
      standIns: ['-', 'unknown', 'null', 'anonymous'],
    },
  },
})
