/** A major of a product at work: each request comes in here, and each answer leaves here. */
import type { Contract } from '@meshloop/contract'
import type { ProductEnv, Runtime } from '../env.ts'
import { ProductError } from '../problems.ts'
import type { Admission } from '../quota/admission.ts'
import { olderBaseUrl, basePath } from './base-path.ts'
import { lifecycleHeaders } from './deprecation.ts'
import type { ExtraRoute } from './extra-route.ts'
import { problemResponse, type Addresses } from './problem.ts'
import { responseOf, type Common, type Reply } from './reply.ts'
import { resourceMetadata, resourceMetadataPath } from './resource-metadata.ts'
import { routerOf } from './router.ts'
import { routesOf } from './routes.ts'
import { unanswered } from './unanswered.ts'

/** One major. */
export interface App {
  /** Answers; `path` is that of the request, as `getPath` reads it. Never rejects. */
  readonly fetch: (
    request: Request,
    env: ProductEnv,
    context: ExecutionContext,
    path: string,
  ) => Promise<Response>
  readonly routes: readonly { readonly method: string; readonly path: string }[]
}

/** Whoever has no right, or no address, has written nothing: nobody without a credential empties the memory. */
const turnedAway = [401, 403, 404, 405]
/** Nor has who asked too often; of the other 429s, which are the door's, a part of the body may be in. */
const isOneTooMany = (error: unknown): boolean =>
  error instanceof ProductError && error.code === 'rate_limited'

/** The app of a contract. `runtimeOf` keeps one runtime per isolate. */
export function createApp(
  contract: Contract,
  runtimeOf: (env: ProductEnv) => Promise<Runtime>,
  extra: readonly ExtraRoute[],
): App {
  const routes = routesOf(contract, extra)
  const find = routerOf(routes)
  const metadataPath = resourceMetadataPath + basePath(contract)
  const addresses = ({ ISSUER, BASE_URL: newest }: ProductEnv): Addresses => ({
    ISSUER,
    BASE_URL: contract.projects ? olderBaseUrl(contract, newest) : newest,
  })

  async function answer(
    asked: Incoming,
    admitted: (admission: Admission) => void,
  ): Promise<Reply | Response> {
    const { request, env, context, path } = asked
    let kept: Runtime | undefined
    try {
      if (path === metadataPath && ['GET', 'HEAD'].includes(request.method))
        return resourceMetadata(contract, addresses(env))
      const found = find(request.method, path)
      if (!found) return unanswered(request, { routes: all, about: contract.id, addresses: addresses(env) })
      const { handle, parts } = found
      kept = await runtimeOf(env)
      const verifier = kept.failedTokens.verifierFor(request, kept.verifier)
      const runtime = verifier === kept.verifier ? kept : { ...kept, verifier }
      const waitUntil = (work: Promise<unknown>): void => context.waitUntil(work)
      const reply = await handle({ runtime, request, parts, waitUntil, admitted })
      if (request.method === 'POST') runtime.memo.forget()
      return reply
    } catch (error) {
      kept?.failedTokens.count(request, error)
      const refused = problemResponse(error, addresses(env))
      // A write that failed may have written before it did; without a runtime nothing was begun.
      if (request.method === 'POST' && !turnedAway.includes(refused.status) && !isOneTooMany(error))
        kept?.memo.forget()
      return refused
    }
  }

  const all = [{ method: 'GET', path: metadataPath }, ...routes]
  return {
    routes: all.map(({ method, path }) => ({ method, path })),
    async fetch(request, env, context, path) {
      let admission: Admission | undefined
      const reply = await answer({ request, env, context, path }, (given) => (admission = given))
      const life = lifecycleHeaders(contract, addresses(env).BASE_URL, env.BASE_URL)
      return responseOf(request, reply, commonHeaders(reply.status ?? 200, life, admission))
    },
  }
}

interface Incoming {
  readonly request: Request
  readonly env: ProductEnv
  readonly context: ExecutionContext
  readonly path: string
}

/** A 304 has what guides a cache, and the limits that it counted for; the rest its reader has already (RFC 9110, section 15.4.5). */
function commonHeaders(status: number, life: Common, admission: Admission | undefined): Common {
  const limits = admission?.headers()
  if (status === 304) return limits ? { ...life, ratelimit: limits.standing } : life
  return {
    'x-content-type-options': 'nosniff',
    ...life,
    ...(limits ? { 'ratelimit-policy': limits.policy, ratelimit: limits.standing } : {}),
  }
}
