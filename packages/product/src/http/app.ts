/** The HTTP interface of a product: which path asks for which scope, and who answers. */
import { hasScope, type AccessClaims, type ClaimsFor, type Scope } from '@meshloop/access/claims'
import type { Contract } from '@meshloop/contract'
import { Hono, type Context } from 'hono'
import type { ProductEnv, Runtime } from '../env.ts'
import { ProductError } from '../problems.ts'
import type { Admission } from '../quota/admission.ts'
import { ownUsage } from '../usage/own.ts'
import { readParameters, type Parameter } from '../query/parameters.ts'
import { qualityRoute } from '../quality/route.ts'
import { usageRoute } from '../usage/route.ts'
import { refuseUnacceptable } from './acceptable.ts'
import { basePath, olderBaseUrl } from './base-path.ts'
import { consoleFiles, consolePage } from './console.ts'
import { contractDocument } from './contract-document.ts'
import { lifecycleHeaders } from './deprecation.ts'
import { ingest } from './ingest.ts'
import { discardQuarantined, quarantined, replayQuarantined } from './quarantine.ts'
import type { Way } from './offered-ports.ts'
import { openApi } from '../openapi/document.ts'
import { aggregate } from './ports/aggregate.ts'
import { changes } from './ports/changes.ts'
import { exportFile, exportKeys, exportList, oneExport } from './ports/exports.ts'
import { record } from './ports/record.ts'
import { records } from './ports/records.ts'
import { problemResponse } from './problem.ts'
import type { ExtraRoute } from './extra-route.ts'
import { resourceMetadata, resourceMetadataPath } from './resource-metadata.ts'
import { reading, type Serving, type WaitUntil } from './reading.ts'
import { isWhole, shownBy, type Shown } from './shown.ts'
import { readStatus } from './status.ts'
import { unanswered } from './unanswered.ts'

interface App {
  readonly Bindings: ProductEnv
  readonly Variables: {
    runtime: Runtime
    /** Of a consumer that was verified. */
    admission?: Admission
  }
}

type ReadingHandler = (
  serving: Serving,
  shown: Shown,
  request: Request,
  parts: Readonly<Record<string, string>>,
) => Promise<Response>

/** Those that look at `Accept` themselves: they answer in several media types. */
const choosing: readonly ReadingHandler[] = [records, aggregate, exportFile]

/** The app of a product. `runtimeOf` keeps one runtime per isolate. */
export function createApp(
  contract: Contract,
  runtimeOf: (env: ProductEnv) => Promise<Runtime>,
  extra: readonly ExtraRoute[],
) {
  const origin = new Hono<App>()
  const app = origin.basePath(basePath(contract))
  const addressesOf = ({ ISSUER, BASE_URL: newest }: ProductEnv) => ({
    ISSUER,
    BASE_URL: contract.projects ? olderBaseUrl(contract, newest) : newest,
  })
  app.onError((error, { env }) => problemResponse(error, addressesOf(env)))
  origin.get(resourceMetadataPath + basePath(contract), ({ env }) =>
    resourceMetadata(contract, addressesOf(env)),
  )
  app.use(async (c, next) => {
    await next()
    for (const { name, value } of lifecycleHeaders(contract, addressesOf(c.env).BASE_URL, c.env.BASE_URL))
      c.header(name, value, { append: name === 'link' })
  })
  app.use(async (c, next) => {
    const runtime = await runtimeOf(c.env)
    c.set('runtime', runtime)
    await next()
    if (c.req.method === 'POST' && !turnedAway.includes(c.res.status)) runtime.memo.forget()
    c.header('x-content-type-options', 'nosniff')
    c.var.admission?.tell(c.res.headers)
  })

  const reads = (port: Way, handle: ReadingHandler) => async (c: Context<App>) =>
    reading(
      c.var.runtime,
      c.req.raw,
      { port, waitUntil: waitUntilOf(c), admitted: (admission) => c.set('admission', admission) },
      (serving, shown) => {
        if (!choosing.includes(handle)) refuseUnacceptable(c.req.raw, ['application/json'])
        return handle(serving, shown, c.req.raw, c.req.param())
      },
    )
  app.get('/records', reads('records', records))
  app.get(
    `/records/${contract.key.map((_, i) => `:k${i}`).join('/')}`,
    reads('records', (serving, { view }, raw, parts) =>
      record(
        serving,
        view,
        raw,
        contract.key.map((_, i) => parts[`k${i}`] ?? ''),
      ),
    ),
  )
  app.get('/aggregate', reads('aggregate', aggregate))
  app.get('/changes', reads('changes', changes))
  if (contract.exports) {
    app.get('/exports', reads('exports', exportList))
    app.get('/exports/jwks.json', (c) => {
      takesJsonAlone(c.req.raw)
      return exportKeys(c.var.runtime)
    })
    app.get('/exports/:id', reads('exports', oneExport))
    app.get('/exports/:id/:file', reads('exports', exportFile))
  }
  app.get('/status', async (c) => {
    takesJsonAlone(c.req.raw)
    const claims = await allow(c.var.runtime, c.req.raw, 'read', 'aggregate', 'check')
    // Who checks sees all counts; a token to check names no view.
    const shown = hasScope(claims, 'read', 'aggregate') ? shownBy(contract, claims) : undefined
    if (shown) await counted(c, claims, shown)
    return c.json(await readStatus(c.var.runtime, shown), 200, { 'cache-control': 'no-store' })
  })
  app.get('/usage/own', async (c) => {
    takesJsonAlone(c.req.raw)
    const claims = await allow(c.var.runtime, c.req.raw, 'read', 'aggregate')
    const shown = shownBy(contract, claims)
    const admission = await counted(c, claims, shown)
    const { consumer } = shown
    const document = await ownUsage(c.var.runtime, { consumer, isFlat: !isWhole(shown), admission })
    return c.json(document, 200, { 'cache-control': 'no-store' })
  })
  if (contract.projects)
    for (const path of ['/ingest', '/ingest/quarantine'])
      app.all(path, (c) => {
        throw new ProductError(
          'ingest_moved',
          `${contract.id} takes rows in at ${c.env.BASE_URL}/ingest only; this is an older major.`,
        )
      })
  else {
    if (!contract.inputs)
      for (const [path, handle] of [
        ['/ingest', ingest],
        ['/ingest/quarantine/replay', replayQuarantined],
        ['/ingest/quarantine/discard', discardQuarantined],
      ] as const)
        app.post(path, async ({ var: { runtime }, req: { raw } }) =>
          handle(runtime, (await allow(runtime, raw, 'ingest')).source, raw),
        )
    app.get('/ingest/quarantine', async ({ var: { runtime }, req: { raw } }) => {
      const { scope, source } = await allow(runtime, raw, 'ingest', 'check')
      return quarantined(runtime, scope.includes('ingest') ? source : undefined, raw)
    })
  }
  for (const { method = 'POST', path, scope, parameters, handle } of [qualityRoute, usageRoute, ...extra])
    app.on(method, path, async (c) => {
      const { runtime } = c.var
      await allow(runtime, c.req.raw, scope)
      takesJsonAlone(c.req.raw, parameters)
      return handle(runtime, c.req.raw, waitUntilOf(c))
    })

  app.get('/contract', ({ var: { runtime }, req: { raw } }) => contractDocument(runtime, raw))
  app.get('/openapi.json', (c) => {
    takesJsonAlone(c.req.raw)
    return c.json(openApi(c.var.runtime))
  })
  app.get('/docs', (c) => {
    refuseUnacceptable(c.req.raw, ['text/html'])
    readParameters(new URL(c.req.url).searchParams, [])
    return consolePage(c.var.runtime)
  })
  for (const [path, file] of Object.entries(consoleFiles)) app.get(`/docs/${path}`, () => file())
  app.get('/', (c) => c.redirect(`${basePath(contract)}/docs`))
  app.notFound(({ req, env }) =>
    unanswered(req.raw, { routes: app.routes, about: contract.id, addresses: addressesOf(env) }),
  )
  return app
}

/** Whoever has no right, or no address, has written nothing: nobody without a credential empties the memory. */
const turnedAway = [401, 403, 404, 405]

/** Refuses what asks for another media type than JSON, or has parameters that the address has not. */
function takesJsonAlone(request: Request, parameters: readonly Parameter[] = []): void {
  refuseUnacceptable(request, ['application/json'])
  readParameters(new URL(request.url).searchParams, parameters)
}

/** Counts a consumer's request that reads no record: no quota of rows keeps it out. @throws {ProductError} `rate_limited` */
async function counted(c: Context<App>, claims: AccessClaims, shown: Shown): Promise<Admission> {
  const { runtime } = c.var
  const admission = runtime.admit({ contract: runtime.contract, claims, isFlat: !isWhole(shown) })
  c.set('admission', admission)
  await admission.refuseMany()
  return admission
}

const waitUntilOf =
  (c: Context<App>): WaitUntil =>
  (work) =>
    c.executionCtx.waitUntil(work)

const allow = <S extends Scope>(
  { verifier }: Runtime,
  request: Request,
  ...anyOf: readonly [S, ...S[]]
): Promise<ClaimsFor<S>> => verifier.verify(request.headers.get('authorization'), ...anyOf)
