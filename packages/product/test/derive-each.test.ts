/** What `build` sees of a key with many rows: the latest, or the latest of each kind. */
import { defineProduct, id, int, oneOf, time, type Row } from '@meshloop/contract'
import { env } from 'cloudflare:workers'
import { beforeEach, expect, it } from 'vitest'
import { derive, input } from '../src/index.ts'
import { derivationTables } from '../src/derive/derivation-tables.ts'
import type { Change } from '../src/derive/mirror.ts'
import { runStep } from '../src/derive/run.ts'
import { tablesOf } from '../src/table/tables.ts'
import { makeTables } from './make-tables.ts'

const about = {
  version: '1.0.0',
  title: 'T',
  purpose: 'p',
  owner: { team: 't', support: 's@t.example' },
  freshness: 'PT5M',
} as const
const events = defineProduct({
  ...about,
  id: 'a.events',
  fields: {
    event_id: id('Event'),
    who: id('Customer'),
    at: time('When'),
    kind: oneOf(['rare', 'cheap'], 'Kind'),
  },
  key: ['event_id'],
  eventTime: 'at',
})
const people = defineProduct({
  ...about,
  id: 'c.people',
  fields: { who: id('Customer'), last_at: time('Last seen'), rare: int('Rare'), cheap: int('Cheap') },
  key: ['who'],
  eventTime: 'last_at',
  inputs: [{ product: 'a.events', major: 1 }],
})
const derivation = derive({
  out: people,
  key: ['who'],
  inputs: { events: input(events, { by: ['who'], fields: ['at', 'kind'], last: 3, each: 'kind' }) },
  build: ({ who }, rows): Row<typeof people> | undefined => {
    const last_at = rows.events.at(-1)?.at
    const count = (wanted: string) => rows.events.filter(({ kind }) => kind === wanted).length
    return last_at === undefined ? undefined : { who, last_at, rare: count('rare'), cheap: count('cheap') }
  },
})
const { C: db } = env as unknown as { C: D1Database } // bound in vitest.config.ts
const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString()
const event = (minute: number, kind: 'rare' | 'cheap'): Change => ({
  op: 'upsert',
  record: { event_id: `e${minute}`, who: 'x', at: at(minute), kind },
})

beforeEach(() => makeTables(db, [...tablesOf(people), ...derivationTables(derivation)]))

it('sees the latest of each kind, in the order of time: a flood of one kind hides no other', async () => {
  const changes = [
    event(0, 'rare'),
    event(1, 'rare'),
    ...Array.from({ length: 50 }, (_, n) => event(n + 2, 'cheap')),
  ]
  await runStep({
    db,
    derivation,
    readFeed: async () => Promise.resolve({ changes, next_cursor: '1', more: false, as_of: at(60) }),
    now: () => Date.UTC(2026, 6, 1),
    newIncarnation: () => crypto.randomUUID(),
  })
  const record = await db.prepare('SELECT who, last_at, rare, cheap FROM records').first()
  expect(record).toEqual({ who: 'x', last_at: at(51), rare: 2, cheap: 3 })
})
