/** The steward over HTTP: anyone may see how it and the products stand. No record of a product passes through here. */
import { Hono, type Context } from 'hono'
import type { StewardEnv } from './env.ts'
import { readHistory } from './history.ts'
import { readStatus } from './status.ts'

interface App {
  readonly Bindings: StewardEnv
}

/** The routes; all under `/platform/steward`. `now`: Unix ms. */
export function createApp(now: () => number) {
  const app = new Hono<App>().basePath('/platform/steward')
  app.use(async (c, next) => {
    await next()
    c.header('cache-control', 'no-store')
    c.header('x-content-type-options', 'nosniff')
  })
  app.get('/status', async (c) => c.json(await readStatus(c.env.DB, now())))
  app.get('/history', async (c) => {
    const product = c.req.query('product')
    if (product === undefined)
      return problem(c, 400, 'parameter_invalid', 'Name the product: ?product=<domain>.<product>.')
    const history = await readHistory(c.env.DB, product)
    return history
      ? c.json(history)
      : problem(c, 404, 'not_found', 'No product of that name was ever checked.')
  })
  app.all('*', (c) =>
    problem(c, 404, 'not_found', 'Here are /platform/steward/status and /platform/steward/history.'),
  )
  app.onError((error, c) => {
    // oxlint-disable-next-line no-console -- a Worker's log is its console
    console.error(error)
    return problem(c, 500, 'internal', 'The steward failed; the fault is logged.')
  })
  return app
}

const titles = {
  parameter_invalid: 'Parameter with a wrong value',
  not_found: 'Nothing here',
  internal: 'Fault of the steward',
} as const

/** A problem document (RFC 9457). */
function problem(
  c: Context<App>,
  status: 400 | 404 | 500,
  code: keyof typeof titles,
  detail: string,
): Response {
  const document = { type: `${c.env.ISSUER}/problems/${code}`, title: titles[code], status, code, detail }
  return c.body(JSON.stringify(document), status, { 'content-type': 'application/problem+json' })
}
