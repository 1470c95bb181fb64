/** Somebody who may write to the namespace of flags tampers with it: the reader names what was done, and the shop falls back with an alarm. */
import { generateKeyPairSync, sign } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openWholeMesh, until, type WholeMesh } from './whole-mesh.ts'

interface Checkout {
  readonly decision: { readonly outcome: string; readonly policy: string }
  readonly flag: { readonly state: string; readonly cause: string | null }
}
interface Value {
  readonly name: string
  readonly bytes: Buffer
}

let whole: WholeMesh
let genuine: readonly Value[] | undefined
let customer = 0

beforeAll(async () => {
  whole = await openWholeMesh()
}, 300_000)
afterAll(() => whole.end())

const kv = () => whole.mesh().kv('platform.steward', 'FLAGS')
const everything = async (): Promise<Value[]> => {
  const namespace = await kv()
  const { keys } = await namespace.list()
  return Promise.all(
    keys.map(async ({ name }) => ({
      name,
      bytes: Buffer.from((await namespace.get(name, 'arrayBuffer')) ?? new ArrayBuffer(0)),
    })),
  )
}
const put = async ({ name, bytes }: Value) => (await kv()).put(name, Uint8Array.from(bytes).buffer)
const isHead = ({ name }: Value) => name.endsWith('/head')
const headOf = (values: readonly Value[]): Value => {
  const head = values.find(isHead)
  if (!head) throw new Error('nothing was published')
  return head
}
const published = (): readonly Value[] => genuine ?? []
const pages = () => published().filter((value) => !isHead(value))
const flipped = (bytes: Buffer, at: number): Buffer =>
  Buffer.from(bytes.map((byte, i) => (i === at ? byte ^ 1 : byte)))

/** A customer whom no isolate remembers, spending what the shop's static policy asks about. */
const checkout = (total_cents = 12_000) => {
  customer += 1
  return whole.json<Checkout>('/shop/storefront/checkout', {
    customer_id: `cust_${String(customer).padStart(6, '0')}`,
    total_cents,
    currency: 'EUR',
    item_count: 1,
    shipping_address_id: null,
    payment_method_id: null,
  })
}

/** The header and payload of a head under somebody else's key, with everything else as it was. */
function signedByStranger({ name, bytes }: Value): Value {
  const end = bytes.indexOf('\n')
  const [header, payload] = bytes.subarray(0, end).toString().split('.')
  const { privateKey } = generateKeyPairSync('ed25519')
  const signature = sign(null, Buffer.from(`${header}.${payload}`), privateKey).toString('base64url')
  return {
    name,
    bytes: Buffer.concat([Buffer.from(`${header}.${payload}.${signature}`), bytes.subarray(end)]),
  }
}

describe('tampering with the namespace', () => {
  beforeEach(async () => {
    await whole.restart()
    genuine ??= await everything()
    const namespace = await kv()
    for (const { name } of (await namespace.list()).keys) await namespace.delete(name)
    for (const value of genuine) await put(value)
  }, 60_000)

  it('is nothing while nobody does it', async () => {
    expect(await checkout()).toMatchObject({
      flag: { state: 'known', cause: null },
      decision: { policy: 'known', outcome: 'approve' },
    })
  })

  it.each<[string, () => Promise<unknown>, string, string]>([
    [
      'the head is changed',
      () => put({ ...headOf(published()), bytes: flipped(headOf(published()).bytes, 200) }),
      'untrusted',
      'head_signature',
    ],
    [
      'the head is signed by a stranger',
      () => put(signedByStranger(headOf(published()))),
      'untrusted',
      'head_signature',
    ],
    [
      'the index is changed',
      () =>
        put({
          ...headOf(published()),
          bytes: flipped(headOf(published()).bytes, headOf(published()).bytes.length - 1),
        }),
      'untrusted',
      'index_hash',
    ],
    [
      'the head is deleted',
      async () => (await kv()).delete(headOf(published()).name),
      'unavailable',
      'head_missing',
    ],
    [
      'every page is changed',
      () => Promise.all(pages().map((page) => put({ ...page, bytes: flipped(page.bytes, 60) }))),
      'untrusted',
      'page_hash',
    ],
    [
      'every page is deleted',
      async () => Promise.all(pages().map(async ({ name }) => (await kv()).delete(name))),
      'unavailable',
      'page_missing',
    ],
  ])(
    '%s',
    async (_, tamper, state, cause) => {
      await tamper()
      const { flag, decision } = await checkout()
      expect(flag).toMatchObject({ state, cause })
      expect(decision).toMatchObject({ policy: 'static', outcome: 'step_up' })
      const { alarms } = await whole.json<{ alarms: { cause: string }[] }>('/shop/storefront/alarms')
      if (state === 'untrusted') expect(alarms.map((alarm) => alarm.cause)).toContain(cause)
    },
    60_000,
  )

  it('old content put back is taken for the delay of KV while it is fresh, never for "no risk"', async () => {
    expect((await checkout()).flag.state).toBe('known')
    await until(whole, async () => !headOf(await everything()).bytes.equals(headOf(published()).bytes))
    for (const value of published()) await put(value)
    // Indistinguishable from KV's delay until fresh_until, and never "no risk": docs/flags-format.md says so.
    expect((await checkout()).flag).toMatchObject({ state: 'known' })
  }, 60_000)
})
