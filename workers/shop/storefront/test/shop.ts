/** A storefront on its real database and namespace, with a clock that tests set and an outside that they see. */
import type { Batch } from '@meshloop/access/batch'
import { createFlagReader } from '@meshloop/flags/read'
import { createStorefront } from '../app.ts'
import { raiseAlarm } from '../alarm.ts'
import type { World } from '../env.ts'
import type { ProductId } from '../outbox/products.ts'
import { bindings, empty } from './bindings.ts'
import { publish, type Risk } from './publisher.ts'

/** When each shop opens, Unix ms. */
export const NOW = Date.UTC(2026, 10, 22, 12)

/** See `openShop`. */
export type Shop = Awaited<ReturnType<typeof openShop>>

/** A shop with an empty database and an audience of its own. */
export async function openShop() {
  await empty(bindings.DB, bindings.MIGRATIONS)
  const clock = { nowMs: NOW }
  const aud = `test/risk.fraud/v1/${crypto.randomUUID()}`
  const { x } = JSON.parse(bindings.FLAGS_KEY) as { x: string }
  const work: Promise<unknown>[] = []
  const sent: { product: ProductId; batch: Batch }[] = []
  const asked: string[] = []
  const answers = new Map<string, unknown>()
  const now = () => clock.nowMs
  const waitUntil = (promise: Promise<unknown>) => void work.push(promise)
  const newReader = () =>
    createFlagReader({
      kv: bindings.FLAGS,
      aud,
      pins: [{ kid: 'flags-key', x, aud, from: 0, until: NOW * 2 }],
      secrets: [bindings.FLAGS_SECRET],
      now,
      waitUntil,
      getTimeoutMs: 20_000,
      onEvent: ({ code, severity, atMs }) => {
        if (severity === 'alarm') waitUntil(raiseAlarm(bindings.DB, code, atMs, 0).run())
      },
    })
  const world: World = {
    db: bindings.DB,
    catalog: 'https://catalog.test',
    now,
    newId: () => crypto.randomUUID().replaceAll('-', ''),
    waitUntil,
    tell: () => undefined,
    flags: newReader(),
    async send(product, batch) {
      sent.push({ product, batch })
      await Promise.resolve()
    },
    async ask(product, path) {
      asked.push(`${product} ${path}`)
      const answer = answers.get(product)
      if (answer === undefined) throw new Error('the product cannot be asked')
      return Promise.resolve(answer)
    },
  }
  const app = createStorefront(() => shop.world)
  /** Everything that goes on after an answer. */
  const settled = async () => {
    while (work.length > 0) await work.pop()
  }
  const request = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const response = await app.request(`https://shop.test/shop/storefront${path}`, init, bindings)
    await settled()
    return response
  }
  const post = (path: string, body: unknown) =>
    request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  const shop = {
    world,
    clock,
    aud,
    sent,
    asked,
    answers,
    request,
    post,
    settled,
    /** As a new isolate: nothing is remembered. */
    forget: () => void (shop.world = { ...shop.world, flags: newReader() }),
    publish: (risks: Readonly<Record<string, Risk>>, moment: Parameters<typeof publish>[3] = {}) =>
      publish(aud, clock.nowMs, risks, moment),
    html: async (path: string) => (await request(path, { headers: { accept: 'text/html' } })).text(),
    form: (path: string, fields: Readonly<Record<string, string>>) =>
      request(path, {
        method: 'POST',
        headers: { accept: 'text/html' },
        body: new URLSearchParams(fields),
      }),
    /** Orders; what is not given is an ordinary order of the customer of the publisher's risks. */
    order: async (more: Readonly<Record<string, unknown>> = {}) => {
      const response = await post('/checkout', { ...ordinary, ...more })
      return { status: response.status, order: await response.json<OrderJson>() }
    },
  }
  return shop
}

/** As much of an order's JSON as tests look at. */
export interface OrderJson {
  readonly order_id: string
  readonly status: string
  readonly placed_at: string
  readonly code?: string
  readonly decision: {
    readonly outcome: string
    readonly policy: string
    readonly points: number
    readonly reasons: readonly { readonly code: string; readonly points: number; readonly because: string }[]
  }
  readonly flag: { readonly state: string; readonly cause: string | null; readonly as_of: string | null }
  readonly loop: { readonly flag_after_ms: number | null; readonly first_read_after_ms: number | null }
}

/** An order that nobody would wonder at. */
export const ordinary = {
  customer_id: 'cust_1',
  total_cents: 4_200,
  currency: 'EUR',
  shipping_address_id: 'adr_home',
  payment_method_id: 'card_main',
}

/** Status and code of a problem document. */
export async function problemOf(response: Response): Promise<{ status: number; code: unknown }> {
  const { code } = await response.json<{ code?: unknown }>()
  return { status: response.status, code }
}
