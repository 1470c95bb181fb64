/** `GET /.well-known/meshloop-denials`: the signed denial list, which every product pulls twice a minute. */
import { denialsPath } from '@meshloop/access/denials'
import { parsePrivateJwk, signDenials } from '@meshloop/access/issue'
import { Hono } from 'hono'
import type { CatalogApp, CatalogEnv, World } from '../env.ts'
import { readDenials } from './denials.ts'

/** A list serves all products for so long; a revocation counts within a minute, and products wait half of it. */
const rememberedMs = 5_000

/** The denial list, signed with DENIALS_KEY. */
export function denialsRoute({ now }: Pick<World, 'now'>) {
  // The text, and not the promise of it: workerd drops the promises of a request whose caller has gone.
  let held: { readonly at: number; readonly list: string } | undefined

  return new Hono<CatalogApp>().get(denialsPath, async (c) => {
    const at = now()
    if (!held || at - held.at >= rememberedMs) held = { at, list: await sign(c.env, at) }
    c.header('cache-control', 'no-store')
    return c.body(held.list, 200, { 'content-type': 'application/jose' })
  })

  async function sign({ DB, ISSUER, DENIALS_KEY }: CatalogEnv, at: number): Promise<string> {
    const key = parsePrivateJwk(DENIALS_KEY, 'DENIALS_KEY')
    return signDenials(key, await readDenials(DB, { issuer: ISSUER, now: at }))
  }
}
