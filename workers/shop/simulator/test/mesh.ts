/**
 * A mesh as the simulator sees it over the network: a catalog that sells tokens, and products that take batches. A test decides
 * which requests fail, before or after they did their work, and is told of each claim that arrives.
 */

/** How an ingest request goes: `lost` was taken, but the answer does not arrive. */
export type Fate = 'taken' | 'refused' | 'lost'

/** What a product was sent. */
export interface Taken {
  /** JSON texts of rows, each once. */
  readonly rows: Set<string>
  /** Rows of each batch, repeats included. */
  readonly batches: number[]
  /** The greatest claim; undefined before the first. */
  claim: string | undefined
}

/** What a test may decide. */
export interface MeshOptions {
  /** Asked once for each batch. Default: all are taken. */
  readonly fateOf?: (product: string) => Fate
  /** Called once a batch with a claim was taken. */
  readonly onClaim?: (product: string, claim: string) => void
}

/** The mesh, and what its products were sent. `fetch` answers everything. */
export function createMesh({ fateOf = () => 'taken', onClaim = () => undefined }: MeshOptions = {}) {
  const products = new Map<string, Taken>()
  const takenBy = (product: string): Taken => {
    const known = products.get(product) ?? { rows: new Set(), batches: [], claim: undefined }
    products.set(product, known)
    return known
  }
  const ingest = (product: string, body: string): Response => {
    const fate = fateOf(product)
    if (fate === 'refused') return Response.json({ code: 'internal', detail: 'Not now.' }, { status: 500 })
    const { rows, complete_up_to } = JSON.parse(body) as { rows: unknown[]; complete_up_to?: string }
    const taken = takenBy(product)
    for (const row of rows) taken.rows.add(JSON.stringify(row))
    taken.batches.push(rows.length)
    if (complete_up_to !== undefined) {
      if (taken.claim === undefined || complete_up_to > taken.claim) taken.claim = complete_up_to
      onClaim(product, complete_up_to)
    }
    if (fate === 'lost') throw new Error('connection lost')
    const outcome = { accepted: rows.length, repeated: 0, quarantined: 0, rejected: [] }
    return Response.json({ ...outcome, as_of: taken.claim ?? null })
  }
  return {
    takenBy,
    fetch: async (url: string, { body }: { readonly body?: unknown }): Promise<Response> => {
      const { origin, pathname, searchParams } = new URL(url)
      const [, domain = '', product = ''] = pathname.split('/')
      if (pathname === '/oauth/token')
        return Response.json({ access_token: 't', token_type: 'Bearer', expires_in: 600 })
      if (domain === 'products') {
        const id = product.replace(/\.json$/, '')
        const path = `${id.replace('.', '/')}/v${searchParams.get('major')}`
        return Response.json({ url: `${origin}/${path}` })
      }
      return ingest(`${domain}.${product}`, String(body))
    },
  }
}
