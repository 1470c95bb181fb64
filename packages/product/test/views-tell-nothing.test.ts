/**
 * Nothing hidden is told: two databases that differ only in hidden cells, hidden corrections and hidden rows answer alike, byte
 * by byte, and what is written hidden changes no byte of any answer.
 */
import { viewOf, type View } from '@meshloop/access/claims'
import type { Contract } from '@meshloop/contract'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { serve } from '../src/serve.ts'
import { setUp, type Bench } from '../src/testing/bench.ts'
import { dearRuns } from '../src/testing/runs.ts'
import { makeTables } from './make-tables.ts'
import { contents, contracts, hiding, shownOf, showsRow, viewsThatHide, type Json } from './view-world.ts'

const FEED = '/changes'
const RECORDS = 5
const record = fc.nat(RECORDS - 1)
/** What both databases are told, of which some is hidden. */
const steps = fc.array(
  fc.record({ n: record, isDeletion: fc.nat(4).map((n) => n === 0), row: contents, polled: fc.boolean() }),
  { minLength: 3, maxLength: 10 },
)
/** What one of them holds where it is hidden. */
const secrets = fc.record({
  keys: fc.array(fc.constantFrom('a', 'm', 'z'), { minLength: RECORDS, maxLength: RECORDS }),
  rows: fc.array(contents, { minLength: 10, maxLength: 10 }),
  /** Written before each step and after the last: of a record whose visible part stays, or of one that is hidden. */
  extras: fc.array(
    fc.array(fc.record({ n: record, isDeletion: fc.nat(3).map((n) => n === 0), row: contents }), { maxLength: 2 }),
    { minLength: 11, maxLength: 11 },
  ),
}) // prettier-ignore

type Steps = typeof steps extends fc.Arbitrary<infer S> ? S : never
type Secrets = typeof secrets extends fc.Arbitrary<infer S> ? S : never
/** Status, headers and body of a request. */
type Told = readonly unknown[]

/** What one database tells a consumer, on the way and at the end. */
class Telling {
  readonly #worker: ReturnType<typeof serve>
  readonly #contract: Contract
  readonly #view: View
  readonly #trustMs: string
  readonly #shown: readonly string[]
  #bench: Bench | undefined
  #headers: Record<string, string> = {}
  #cursor: string | undefined

  /** `trustMs`: how long answers are remembered; 0: none is. */
  constructor(contract: Contract, view: View, trustMs: string) {
    this.#trustMs = trustMs
    this.#worker = serve({ contract })
    this.#contract = contract
    this.#view = view
    this.#shown = shownOf(contract, view)
  }

  /** Everything that is told of a history: by the feed on the way, at the end, and after what is written hidden then. */
  async of(all: Steps, secret: Secrets): Promise<{ feed: Told[]; last: Told[]; afterwards: Told[] }> {
    this.#bench = await setUp(this.#worker, this.#contract, undefined, undefined, this.#trustMs)
    this.#headers = { authorization: `Bearer ${await this.#bench.token('read', { view: this.#view })}` }
    this.#cursor = undefined
    const { DB } = this.#bench.env
    await makeTables(DB, this.#worker.tables)
    await DB.prepare(`INSERT INTO _state (one, incarnation, seq, run) VALUES (1, 'same', 0, 0)`).run()
    await DB.prepare(`INSERT INTO _secret (one, secret) VALUES (1, '${'A'.repeat(43)}')`).run()
    const current = new Map<number, Json>()
    const feed: Told[] = []
    for (const [i, step] of all.entries()) {
      const row = this.#mixed(step.row, secret.rows[i] ?? {}, this.#key(step.n, secret))
      const sent = { ...row, rev: 1_000 * (i + 1) }
      await this.#send([...this.#extras(i, secret, current), step.isDeletion ? this.#deletion(sent) : sent])
      if (step.isDeletion) current.delete(step.n)
      else current.set(step.n, sent)
      if (step.polled) feed.push(...(await this.#follow()))
    }
    await this.#send([], '2026-02-01T00:00:00.000Z')
    feed.push(...(await this.#follow()))
    const last = [...(await this.#follow()), ...(await this.#look())]
    await this.#send(this.#extras(all.length, secret, current))
    return { feed, last, afterwards: [...(await this.#follow()), ...(await this.#look())] }
  }

  /** Visible cells of one, hidden cells of the other; of a hidden row all, but for what hides it. */
  #mixed(visible: Json, hidden: Json, key: Json): Json {
    const shows = showsRow(this.#view, visible)
    const conditions = this.#view.rows.map(({ field }) => field)
    const cell = (name: string): unknown =>
      (conditions.includes(name) || (shows && this.#shown.includes(name)) ? visible : hidden)[name]
    return { ...Object.fromEntries(Object.keys(visible).map((name) => [name, cell(name)])), ...key }
  }

  #key(n: number, { keys }: Secrets): Json {
    const isHidden = !this.#shown.includes('k')
    return { k: isHidden ? `${keys[n]}${n}` : `r${n}`, part: n }
  }

  #deletion = (row: Json): Json => ({
    _deleted: true,
    rev: row['rev'],
    ...Object.fromEntries(this.#contract.key.map((name) => [name, row[name]])),
  })

  /** Rows that change nothing that is shown: hidden cells where the version is hidden too, and hidden rows. */
  #extras(step: number, { extras }: Secrets, current: ReadonlyMap<number, Json>): Json[] {
    return (extras[step] ?? []).flatMap(({ n, isDeletion, row }, e) => {
      const rev = 1_000 * step + 1 + e
      if (this.#view.rows.length > 0) {
        const hidden = { ...row, shop: 'c', k: `h${n}`, part: n, rev }
        return [isDeletion ? this.#deletion(hidden) : hidden]
      }
      const before = current.get(n)
      if (this.#shown.includes('rev') || !before) return []
      return [{ ...this.#mixed(before, row, { k: before['k'], part: before['part'] }), rev }]
    })
  }

  async #send(rows: readonly Json[], completeUpTo?: string): Promise<void> {
    const response = await this.#bench?.send(rows, completeUpTo === undefined ? {} : { completeUpTo })
    const answer = await response?.text()
    if (!answer?.includes('"quarantined":0')) throw new Error(`the world is wrong: ${answer}`)
  }

  async #call(path: string, more: Record<string, string> = {}): Promise<Told> {
    const response = await this.#bench?.call(path, { headers: { ...this.#headers, ...more } })
    // How many seconds a limit still holds is told by the clock alone.
    response?.headers.delete('ratelimit')
    return [path, response?.status, Object.fromEntries(response?.headers ?? []), await response?.text()]
  }

  /** Follows the feed from where it was left. */
  async #follow(): Promise<Told[]> {
    const told: Told[] = []
    for (let more = true; more;) {
      const after: string = this.#cursor === undefined ? '' : `&after=${this.#cursor}`
      const [, ...answer] = await this.#call(`/changes?limit=2${after}`)
      told.push([FEED, ...answer])
      const body = JSON.parse(String(answer[2])) as { next_cursor?: string; more?: boolean }
      this.#cursor = body.next_cursor
      more = body.more === true
    }
    return told
  }

  async #look(): Promise<Told[]> {
    const told: Told[] = []
    for (const path of paths(this.#contract)) {
      const answer = await this.#call(path, { prefer: 'count=exact' })
      told.push(path === '/status' ? [JSON.stringify(answer).replace(/\\"age_ms\\":\d+/, '')] : answer)
      let next = nextOf(answer)
      while (path.startsWith('/records?') && next !== null) {
        const page = await this.#call(`${path}&cursor=${next}`)
        told.push(page)
        next = nextOf(page)
      }
    }
    return told
  }
}

const nextOf = (told: Told): string | null =>
  (JSON.parse(String(told[3])) as { next_cursor?: string | null }).next_cursor ?? null

/** A feed's cursor is sealed: of what is in it only the length shows. Its page's ETag is a hash of it too. */
const withoutCursor = ([path, status, headers, body]: Told): Told =>
  path === FEED
    ? [status, { ...(headers as object), etag: '' }, String(body).replace(/"next_cursor":"[^"]*"/, lengthOf)]
    : [path, status, headers, body]

const lengthOf = (text: string): string => String(text.length)

const paths = ({ fields, key }: Contract): string[] => [
  '/records?limit=100',
  '/records?limit=2',
  '/records?limit=2&sort=-at',
  '/records?limit=1&sort=shop,-units',
  '/records?limit=2&sort=-ok&fields=shop',
  '/records?limit=1&fields=note',
  '/records?limit=2&shop=a',
  '/records?limit=2&units[gte]=0&sort=-units',
  '/records?who[in]=w1,w2',
  ...Object.keys(fields).flatMap((name) => [
    `/records?${name}=a`,
    `/records?sort=${name}&limit=3`,
    `/aggregate?by=${name}`,
  ]),
  '/records?sort=_seq',
  ...['r0', 'r1', 'h0', 'h1', 'a0', 'none'].map((k) => `/records/${[k, '0'].slice(0, key.length).join('/')}`),
  '/aggregate',
  '/aggregate?by=shop&measures=all',
  '/aggregate?by=ok&shop=a',
  '/aggregate?measures=people',
  '/status',
]

describe('a view that hides', () => {
  it.each(hiding)(
    '%s tells nothing of it',
    async (kind) => {
      const worlds = contracts.chain((contract) =>
        fc.record({
          contract: fc.constant(contract),
          content: viewsThatHide(kind, contract),
          steps,
          one: secrets,
          other: secrets,
          trustMs: fc.constantFrom('0', '1000'),
        }),
      )
      await fc.assert(
        fc.asyncProperty(worlds, async ({ contract, content, steps: all, one, other, trustMs }) => {
          const telling = new Telling(contract, await viewOf(content), trustMs)
          const first = await telling.of(all, one)
          const second = await telling.of(all, other)
          expect(first.feed.map(withoutCursor)).toEqual(second.feed.map(withoutCursor))
          expect(first.last.map(withoutCursor)).toEqual(second.last.map(withoutCursor))
          expect(first.afterwards).toEqual(first.last)
        }),
        dearRuns(100, 2),
      )
    },
    600_000,
  )
})
