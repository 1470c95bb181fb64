/** `/audit`: the newest entries of the audit log that concern somebody, and earlier ones page by page. */
import { Hono, type Context } from 'hono'
import { readHead } from '../../audit/act.ts'
import { auditedDomains } from '../../audit/audit-routes.ts'
import { findCheckpoint, readEntries } from '../../audit/read-log.ts'
import type { CatalogApp, World } from '../../env.ts'
import type { Actor } from '../../people/actor.ts'
import { plainText } from '../plain-text.ts'
import { readerOrRefuse } from '../../people/who.ts'
import { showSignedIn } from './acting.tsx'
import { readActorNames } from './actor-names.ts'
import { auditMarkdown, auditPage, type AuditContent } from './audit-page.tsx'
import { answerMarkdown } from './markdown-file.ts'

type C = Context<CatalogApp>

/** So many entries of the log a page looks at; those that concern its reader are shown. */
const entriesAPage = 200

/** The routes. */
export function auditPageRoutes(world: World) {
  return new Hono<CatalogApp>()
    .get('/audit', (c) =>
      showSignedIn(c, world, async (session) => auditPage({ ...(await read(c, session.person)), session })),
    )
    .get('/audit.md', async (c) =>
      answerMarkdown(c, auditMarkdown(await read(c, await readerOrRefuse(c, world)))),
    )
}

async function read(c: C, actor: Actor): Promise<AuditContent> {
  const db = c.env.DB
  const domains = auditedDomains(actor)
  const [head, checkpoint] = await Promise.all([readHead(db), findCheckpoint(db)])
  const asked = Number(/^[1-9]\d{0,14}$/.exec(c.req.query('until') ?? '')?.[0] ?? head.seq)
  const until = Math.min(asked, head.seq)
  const after = Math.max(0, until - entriesAPage)
  const { items } = await readEntries(db, { after, limit: entriesAPage }, domains)
  const entries = items.filter(({ seq }) => seq <= until).toReversed()
  const names = await readActorNames(
    db,
    entries.map(({ by }) => by),
  )
  return plainText({ entries, earlier: after === 0 ? null : after, head, checkpoint, names })
}
