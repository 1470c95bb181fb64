/** The HTTP interface of a product: which address asks for which scope, and who answers. */
import { hasScope, type AccessClaims, type ClaimsFor, type Scope } from '@meshloop/access/claims'
import type { Contract } from '@meshloop/contract'
import type { Runtime } from '../env.ts'
import { openApi } from '../openapi/document.ts'
import { ProductError } from '../problems.ts'
import { qualityRoute } from '../quality/route.ts'
import { readParameters, type Parameter } from '../query/parameters.ts'
import type { Admission } from '../quota/admission.ts'
import { ownUsage } from '../usage/own.ts'
import { usageRoute } from '../usage/route.ts'
import { refuseUnacceptable } from './acceptable.ts'
import { basePath } from './base-path.ts'
import { consoleFiles, consolePage } from './console.ts'
import { contractDocument } from './contract-document.ts'
import type { ExtraRoute } from './extra-route.ts'
import { ingest } from './ingest.ts'
import type { Way } from './offered-ports.ts'
import { aggregate } from './ports/aggregate.ts'
import { changes } from './ports/changes.ts'
import { exportFile, exportKeys, exportList, oneExport } from './ports/exports.ts'
import { record } from './ports/record.ts'
import { records } from './ports/records.ts'
import { discardQuarantined, quarantined, replayLetters, replayQuarantined } from './quarantine.ts'
import { reading, type ReadingHandler } from './reading.ts'
import { jsonReply } from './reply.ts'
import type { Asked, Handler, Route } from './router.ts'
import { isWhole, shownBy, type Shown } from './shown.ts'
import { readStatus } from './status.ts'

/** Those that look at `Accept` themselves: they answer in several media types. */
const choosing: readonly ReadingHandler[] = [records, aggregate, exportFile]

const noStore = { 'cache-control': 'no-store' }

/** Every address of a major but that of its resource metadata. Paths are from the root. */
export function routesOf(contract: Contract, extra: readonly ExtraRoute[]): Route[] {
  const base = basePath(contract)
  const get = (path: string, handle: Handler): Route => ({ method: 'GET', path: base + path, handle })
  const more = [qualityRoute, usageRoute, ...extra].map(({ method = 'POST', path, ...rest }) => ({
    method,
    path: base + path,
    handle: scoped(rest),
  }))
  return [
    ...readingRoutes(contract, get),
    ...(contract.exports ? exportRoutes(get) : []),
    get('/status', status),
    get('/usage/own', usage),
    ...(contract.projects ? movedRoutes(contract, base) : ingestRoutes(contract, base)),
    ...more,
    get('/contract', ({ runtime, request }) => contractDocument(runtime, request)),
    get('/openapi.json', ({ runtime, request }) => {
      takesJsonAlone(request)
      return jsonReply(openApi(runtime))
    }),
    get('/docs', ({ runtime, request }) => {
      refuseUnacceptable(request, ['text/html'])
      readParameters(new URL(request.url).searchParams, [])
      return consolePage(runtime)
    }),
    ...Object.entries(consoleFiles).map(([path, file]) => get(`/docs/${path}`, () => file())),
    get('', () => ({ status: 302, headers: { location: `${base}/docs` }, body: null })),
  ]
}

type Get = (path: string, handle: Handler) => Route

const readingRoutes = (contract: Contract, get: Get): Route[] => [
  get('/records', reads('records', records)),
  get(`/records/${contract.key.map((_, i) => `:k${i}`).join('/')}`, reads('records', record)),
  get('/aggregate', reads('aggregate', aggregate)),
  get('/changes', reads('changes', changes)),
]

const exportRoutes = (get: Get): Route[] => [
  get('/exports', reads('exports', exportList)),
  get('/exports/jwks.json', ({ runtime, request }) => {
    takesJsonAlone(request)
    return exportKeys(runtime)
  }),
  get('/exports/:id', reads('exports', oneExport)),
  get('/exports/:id/:file', reads('exports', exportFile)),
]

function reads(port: Way, handle: ReadingHandler): Handler {
  const takesAny = choosing.includes(handle)
  const answering: ReadingHandler = async (serving, shown, request, parts) => {
    if (!takesAny) refuseUnacceptable(request, ['application/json'])
    return handle(serving, shown, request, parts)
  }
  return (asked) => reading(asked, port, answering)
}

/** An older major takes nothing in. */
const movedRoutes = ({ id }: Contract, base: string): Route[] =>
  ['/ingest', '/ingest/quarantine'].map((path) => ({
    method: 'ALL',
    path: base + path,
    handle: ({ runtime }) => {
      throw new ProductError(
        'ingest_moved',
        `${id} takes rows in at ${runtime.newestUrl}/ingest only; this is an older major.`,
      )
    },
  }))

function ingestRoutes(contract: Contract, base: string): Route[] {
  const sent = [
    ['/ingest', ingest],
    ['/ingest/quarantine/replay', replayQuarantined],
    ['/ingest/quarantine/letters', replayLetters],
    ['/ingest/quarantine/discard', discardQuarantined],
  ] as const
  return [
    ...(contract.inputs ? [] : sent).map(([path, handle]): Route => ({
      method: 'POST',
      path: base + path,
      handle: async ({ runtime, request }) =>
        handle(runtime, (await allow(runtime, request, 'ingest')).source, request),
    })),
    {
      method: 'GET',
      path: `${base}/ingest/quarantine`,
      handle: async ({ runtime, request }) => {
        const { scope, source } = await allow(runtime, request, 'ingest', 'check')
        return quarantined(runtime, scope.includes('ingest') ? source : undefined, request)
      },
    },
  ]
}

async function status(asked: Asked) {
  const { runtime, request } = asked
  takesJsonAlone(request)
  const claims = await allow(runtime, request, 'read', 'aggregate', 'check')
  // Who checks sees all counts; a token to check names no view.
  const shown = hasScope(claims, 'read', 'aggregate') ? shownBy(runtime.contract, claims) : undefined
  if (shown) await counted(asked, claims, shown)
  return jsonReply(await readStatus(runtime, shown), noStore)
}

async function usage(asked: Asked) {
  const { runtime, request } = asked
  takesJsonAlone(request)
  const claims = await allow(runtime, request, 'read', 'aggregate')
  const shown = shownBy(runtime.contract, claims)
  const admission = await counted(asked, claims, shown)
  const { consumer } = shown
  return jsonReply(await ownUsage(runtime, { consumer, isFlat: !isWhole(shown), admission }), noStore)
}

const scoped =
  ({ scope, parameters, handle }: Omit<ExtraRoute, 'method' | 'path'>): Handler =>
  async ({ runtime, request, waitUntil }) => {
    await allow(runtime, request, scope)
    takesJsonAlone(request, parameters)
    return handle(runtime, request, waitUntil)
  }

/** Refuses what asks for another media type than JSON, or has parameters that the address has not. */
function takesJsonAlone(request: Request, parameters: readonly Parameter[] = []): void {
  refuseUnacceptable(request, ['application/json'])
  readParameters(new URL(request.url).searchParams, parameters)
}

/** Counts a consumer's request that reads no record: no quota of rows keeps it out. @throws {ProductError} `rate_limited` */
async function counted({ runtime, admitted }: Asked, claims: AccessClaims, shown: Shown): Promise<Admission> {
  const admission = runtime.admit({ contract: runtime.contract, claims, isFlat: !isWhole(shown) })
  admitted(admission)
  await admission.refuseMany()
  return admission
}

const allow = <S extends Scope>(
  { verifier }: Runtime,
  request: Request,
  ...anyOf: readonly [S, ...S[]]
): Promise<ClaimsFor<S>> => verifier.verify(request.headers.get('authorization'), ...anyOf)
