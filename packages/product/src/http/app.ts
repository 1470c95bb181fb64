/** The HTTP interface of a product: which path asks for which scope, and who answers. */
import { AccessError } from '@meshloop/access/verify'
import type { ClaimsFor, Scope, View } from '@meshloop/access/claims'
import type { Contract } from '@meshloop/contract'
import { toJsonSchema, toOdcs } from '@meshloop/contract/documents'
import { Hono } from 'hono'
import type { ProductEnv, Runtime } from '../env.ts'
import { ProductError } from '../problems.ts'
import { fittingView } from '../query/visible.ts'
import { basePath, olderBaseUrl } from './base-path.ts'
import { consoleFiles, consolePage } from './console.ts'
import { lifecycleHeaders } from './deprecation.ts'
import { ingest, quarantined } from './ingest.ts'
import { openApi } from './openapi.ts'
import { aggregate, changes, record, records } from './ports.ts'
import { problemResponse } from './problem.ts'
import { readStatus } from './status.ts'

/** A handler beside the common ones, for products that do more: derivation, flags. `path` is below the base path. */
export interface ExtraRoute {
  /** Default: POST. */
  readonly method?: 'GET' | 'POST'
  readonly path: `/${string}`
  readonly scope: Scope
  readonly handle: (runtime: Runtime, request: Request) => Promise<Response>
}

/** The app of a product. `runtimeOf` keeps one runtime per isolate. */
export function createApp(
  contract: Contract,
  runtimeOf: (env: ProductEnv) => Promise<Runtime>,
  extra: readonly ExtraRoute[],
) {
  const app = new Hono<{ Bindings: ProductEnv; Variables: { runtime: Runtime } }>().basePath(
    basePath(contract),
  )
  app.onError((error, c) => problemResponse(error, c.env.ISSUER))
  app.use(async (c, next) => {
    await next()
    const { BASE_URL: newest } = c.env
    const base = contract.projects ? olderBaseUrl(contract, newest) : newest
    for (const { name, value } of lifecycleHeaders(contract, base, newest))
      c.header(name, value, { append: name === 'link' })
  })
  app.use(async (c, next) => {
    c.set('runtime', await runtimeOf(c.env))
    await next()
    c.header('x-content-type-options', 'nosniff')
  })

  app.get('/records', async ({ var: { runtime }, req: { raw } }) =>
    records(runtime, await viewOf(runtime, raw), raw),
  )
  app.get(`/records/${contract.key.map((_, i) => `:k${i}`).join('/')}`, async ({ var: { runtime }, req }) => {
    return record(
      runtime,
      await viewOf(runtime, req.raw),
      req.raw,
      contract.key.map((_, i) => req.param(`k${i}`) ?? ''),
    )
  })
  app.get('/aggregate', async ({ var: { runtime }, req: { raw } }) =>
    aggregate(runtime, await viewOf(runtime, raw), raw),
  )
  app.get('/changes', async ({ var: { runtime }, req: { raw } }) =>
    changes(runtime, await viewOf(runtime, raw), raw),
  )
  app.get('/status', async (c) => {
    const { scope, view } = await allowAny(c.var.runtime, c.req.raw, ['read', 'check'])
    const hidesRows = !scope.split(' ').includes('check') && view !== undefined && view.rows.length > 0
    return c.json(await readStatus(c.var.runtime, hidesRows), 200, { 'cache-control': 'no-store' })
  })
  if (contract.projects)
    for (const path of ['/ingest', '/ingest/quarantine'])
      app.all(path, (c) => {
        throw new ProductError(
          'ingest_moved',
          `${contract.id} takes rows in at ${c.env.BASE_URL}/ingest only; this is an older major.`,
        )
      })
  else if (!contract.inputs) {
    app.post('/ingest', async ({ var: { runtime }, req: { raw } }) =>
      ingest(runtime, (await allow(runtime, raw, 'ingest')).source, raw),
    )
  }
  app.get('/ingest/quarantine', async ({ var: { runtime }, req: { raw } }) => {
    const { scope, source } = await allowAny(runtime, raw, ['ingest', 'check'])
    return quarantined(runtime, scope.includes('ingest') ? source : undefined, raw)
  })
  for (const { method = 'POST', path, scope, handle } of extra)
    app.on(method, path, async ({ var: { runtime }, req: { raw } }) => {
      await allow(runtime, raw, scope)
      return handle(runtime, raw)
    })

  app.get('/contract', (c) =>
    c.json(contractDocument(c.var.runtime, c.req.query('format')), 200, {
      'meshloop-contract': c.var.runtime.contractHash,
    }),
  )
  app.get('/openapi.json', (c) => c.json(openApi(c.var.runtime)))
  app.get('/docs', (c) => consolePage(c.var.runtime))
  for (const [path, file] of Object.entries(consoleFiles)) app.get(`/docs/${path}`, () => file())
  app.get('/', (c) => c.redirect(`${basePath(contract)}/docs`))
  app.all('*', (c) => {
    throw new ProductError(
      'not_found',
      `${c.req.method} ${new URL(c.req.url).pathname} is no address of ${contract.id}.`,
    )
  })
  return app
}

const allow = <S extends Scope>({ verifier }: Runtime, request: Request, scope: S): Promise<ClaimsFor<S>> =>
  verifier.verify(request.headers.get('authorization'), scope)

/** What a consumer's token shows. */
const viewOf = async (runtime: Runtime, request: Request): Promise<View> =>
  fittingView(runtime.contract, (await allow(runtime, request, 'read')).view)

/** Claims of a token with one of the scopes; the refusal speaks of the first. */
async function allowAny(
  runtime: Runtime,
  request: Request,
  [scope, ...rest]: readonly [Scope, ...Scope[]],
): Promise<ClaimsFor<Scope>> {
  try {
    return await allow(runtime, request, scope)
  } catch (error) {
    const [next] = rest
    if (next === undefined || !(error instanceof AccessError) || error.code !== 'scope_missing') throw error
    return await allow(runtime, request, next)
  }
}

function contractDocument({ contract, env }: Runtime, format = 'odcs'): object {
  switch (format) {
    case 'odcs':
      return toOdcs(contract, env.BASE_URL)
    case 'definition':
      return contract
    case 'jsonschema':
      return toJsonSchema(contract)
    default:
      throw new ProductError(
        'parameter_invalid',
        `${format} is no format; allowed are odcs, definition and jsonschema.`,
        [{ parameter: 'format', detail: 'odcs, definition or jsonschema' }],
      )
  }
}
