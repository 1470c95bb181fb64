/** An input's feed as its product would serve it: each record once, in its newest place; it can be restored. */
import type { FeedPage } from '../src/derive/feeding.ts'

type Json = Readonly<Record<string, unknown>>

interface Entry {
  readonly place: number
  readonly record: Json | undefined
  readonly key: Json
}

/** A feed of records with a text key. */
export class MemoryFeed {
  readonly #key: string
  #entries = new Map<string, Entry>()
  #life = 0
  #place = 0
  asOf: string | null = null

  constructor(key: string) {
    this.#key = key
  }

  put(record: Json): void {
    this.#set(record, record)
  }

  remove(key: string): void {
    if (this.#entries.get(key)?.record) this.#set({ [this.#key]: key }, undefined)
  }

  /** Another life: cursors of before do not hold, and some of the records are gone without a word. */
  restore(isKept: (record: Json) => boolean): void {
    this.#life++
    this.#entries = new Map([...this.#entries].filter(([, { record }]) => record && isKept(record)))
  }

  get records(): readonly Json[] {
    return [...this.#entries.values()].flatMap(({ record }) => (record ? [record] : []))
  }

  read(after: string | undefined, limit: number): FeedPage | undefined {
    const [life = this.#life, place = 0] = after?.split('.').map(Number) ?? []
    if (life !== this.#life) return undefined
    const later = [...this.#entries.values()]
      .filter((entry) => entry.place > place)
      .toSorted((a, b) => a.place - b.place)
    const page = later.slice(0, limit)
    const more = later.length > page.length
    return {
      changes: page.map(({ record, key }) => (record ? { op: 'upsert', record } : { op: 'delete', key })),
      next_cursor: `${life}.${page.at(-1)?.place ?? place}`,
      more,
      as_of: more ? null : this.asOf,
    }
  }

  #set(holder: Json, record: Json | undefined): void {
    const key = String(holder[this.#key])
    this.#entries.set(key, { place: ++this.#place, record, key: { [this.#key]: key } })
  }
}
