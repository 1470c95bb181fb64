/** The other side of the flags: a risk.fraud that signs entries and a steward that puts them, on the real namespace. */
import { createWritePace, publishHead, publishPages } from '@meshloop/flags/publish'
import {
  addressOf,
  deriveFlagKeys,
  encodeEntry,
  encodePage,
  importSigningKey,
  keyedHash,
  signHead,
  slotOf,
  type FlagEntry,
  type HeadContent,
} from '@meshloop/flags/sign'
import { bindings } from './bindings.ts'

/** What tests say about a customer; addresses and cards by their ids. Times are Unix ms. */
export interface Risk {
  /** The entry is signed, but nothing that the shop understands. */
  readonly isOfAnotherShape?: boolean
  readonly score?: number
  readonly reasons?: readonly { code: string; points: number }[]
  readonly orders?: number
  readonly usual_cents?: number | null
  readonly addresses?: readonly string[]
  readonly cards?: readonly string[]
  readonly address_changed_ms?: number
  readonly email_changed_ms?: number
  readonly password_reset_ms?: number
  readonly new_device_ms?: number
}

/** Publishes a moment; what is not given of the head is that of a fresh, open one. */
export async function publish(
  aud: string,
  nowMs: number,
  risks: Readonly<Record<string, Risk>>,
  moment: Partial<HeadContent> & { readonly keyJwk?: string } = {},
): Promise<void> {
  const { FLAGS, FLAGS_KEY, FLAGS_SECRET } = bindings
  const { keyJwk = FLAGS_KEY, ...rest } = moment
  const keys = await deriveFlagKeys(FLAGS_SECRET, aud)
  const slots = new Map<number, { tag: string; json: string }[]>()
  for (const [customer, risk] of Object.entries(risks)) {
    const { place, tag } = await addressOf(keys, customer)
    const entry = risk.isOfAnotherShape ? { verdict: 'fine' } : await entryOf(risk)
    const slot = slotOf(place, 4)
    slots.set(slot, [...(slots.get(slot) ?? []), { tag, json: encodeEntry(entry) }])
  }
  const pages = (await Promise.all([...slots].map(([slot, lines]) => encodePage(keys, slot, lines)))).filter(
    (page) => page !== null,
  )
  const head = await signHead(await importSigningKey(keyJwk), {
    aud,
    bits: 4,
    pages,
    sid: 's1',
    epoch: nowMs,
    count: pages.length,
    contract: { id: 'risk.fraud', version: '1.0.0', hash: 'contract-hash' },
    watermark: nowMs - 1_000,
    watermarks: { 'purchase.orders': nowMs - 1_000, 'customer.accounts': nowMs - 1_000 },
    lagMs: 900_000,
    gate: { open: true, breaches: [] },
    prev: null,
    oldestPutAtMs: nowMs,
    ...rest,
  })
  const target = { kv: FLAGS, aud, pace: createWritePace(() => nowMs) }
  await publishPages(target, pages)
  await publishHead(target, head.value)

  async function entryOf(risk: Risk): Promise<FlagEntry> {
    const hashes = (label: string, ids: readonly string[] = []) =>
      Promise.all(ids.map((id) => keyedHash(keys, label, id)))
    const at = (ms: number | undefined) => (ms === undefined ? null : new Date(ms).toISOString())
    const usual = risk.usual_cents ?? 4_000
    return {
      last_seen_at: at(nowMs - 60_000),
      score: risk.score ?? 0,
      reasons: risk.reasons ?? [],
      orders: risk.orders ?? 20,
      usual_cents: usual,
      spread_cents: 1_000,
      largest_cents: 2 * usual,
      long_run_cents: usual,
      currency: 'EUR',
      first_order_at: at(nowMs - 90 * 86_400_000),
      last_order_at: at(nowMs - 86_400_000),
      known_addresses: await hashes('address', risk.addresses ?? ['adr_home']),
      known_cards: await hashes('card', risk.cards ?? ['card_main']),
      address_changed_at: at(risk.address_changed_ms),
      email_changed_at: at(risk.email_changed_ms),
      password_reset_at: at(risk.password_reset_ms),
      new_device_at: at(risk.new_device_ms),
    }
  }
}
