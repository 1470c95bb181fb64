/** The audit log over HTTP: entries for those who answer for something, chain and checkpoints for everybody. */
import { Hono, type Context } from 'hono'
import type { CatalogApp, World } from '../env.ts'
import type { Actor } from '../people/actor.ts'
import { readerOf } from '../people/who.ts'
import { CatalogError } from '../problems.ts'
import { readHead } from './act.ts'
import { readChain, readCheckpoints, readEntries, type Span } from './read-log.ts'

type C = Context<CatalogApp>

/** Entries a page; links and checkpoints are shorter. */
const maxEntries = 200
const maxLinks = 1_000

/** `GET /audit.json`, `/audit/chain.json`, `/audit/checkpoints.json`, each with `after` and `limit`. */
export function auditRoutes(world: World) {
  return new Hono<CatalogApp>()
    .get('/audit.json', async (c) => {
      const domains = auditedDomains(await readerOf(c, world))
      const { items, next } = await readEntries(c.env.DB, spanOf(c, maxEntries), domains)
      return c.json({ entries: items, next, head: await readHead(c.env.DB) })
    })
    .get('/audit/chain.json', async (c) => {
      const { items, next } = await readChain(c.env.DB, spanOf(c, maxLinks))
      return shown(c, { links: items, next })
    })
    .get('/audit/checkpoints.json', async (c) => {
      const { items, next } = await readCheckpoints(c.env.DB, spanOf(c, maxLinks))
      return shown(c, { checkpoints: items, next })
    })
}

function shown(c: C, document: object): Response {
  c.header('cache-control', 'no-cache')
  return c.json(document)
}

/** Domains of whose entries it is shown; null for all. Throws CatalogError `sign_in_needed`, `owner_only`. */
export function auditedDomains(actor: Actor | null): readonly string[] | null {
  if (actor === null)
    throw new CatalogError(
      'sign_in_needed',
      'The audit log is for owners and the operator; its chain is /audit/chain.json.',
    )
  if (actor.kind === 'operator') return null
  const domains =
    actor.kind === 'client'
      ? [actor.client].filter(({ decides }) => decides).map(({ domain }) => domain)
      : actor.roles.filter(({ role }) => role === 'owner').map(({ domain }) => domain)
  if (domains.length === 0)
    throw new CatalogError(
      'owner_only',
      'You are no owner: the audit log shows owners what concerns their domain.',
    )
  return domains
}

function spanOf(c: C, max: number): Span {
  return { after: whole(c, 'after', 0, 0), limit: Math.min(whole(c, 'limit', 1, max), max) }
}

function whole(c: C, name: string, least: number, absent: number): number {
  const text = c.req.query(name)
  if (text === undefined) return absent
  if (/^\d{1,15}$/.test(text) && Number(text) >= least) return Number(text)
  throw new CatalogError('parameter_invalid', `${name} is a whole number from ${least} on.`)
}
