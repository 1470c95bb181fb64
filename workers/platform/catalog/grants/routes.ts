/** Requests and grants over JSON: writes take a key, reads a key or a session. Pages and forms call the same functions. */
import { Hono, type Context } from 'hono'
import * as z from 'zod'
import { sceneOf, type CatalogApp, type World } from '../env.ts'
import { bearerActor, readerOrRefuse } from '../people/who.ts'
import { CatalogError } from '../problems.ts'
import { createAskUsage } from '../products/usage.ts'
import { readJson } from '../read-body.ts'
import { listGrantsSeen, listRequests } from './access-lists.ts'
import { ask } from './ask.ts'
import { change, revoke } from './change.ts'
import { approve, refuse, withdraw } from './decide.ts'
import { declarationSchema, declare } from './declare.ts'
import { accessDocument, grantDocument, requestDocument } from './documents.ts'
import { holds, reasonSchema, requestStates, termsSchema, type RequestState } from './grant.ts'

type C = Context<CatalogApp>

const approvalSchema = z.strictObject({ terms: termsSchema.optional(), reason: reasonSchema.optional() })
const reasonedSchema = z.strictObject({ reason: reasonSchema })
const changeSchema = z.strictObject({
  terms: termsSchema,
  reason: reasonSchema,
  version: z.int().min(1).optional(),
})
const nothingSchema = z.strictObject({})

/** `/requests`, `/grants` and `/access.json`. */
export function grantRoutes(world: World) {
  const askUsage = createAskUsage(world)
  const now = () => new Date(world.now()).toISOString()
  const questionOf = (c: C) => ({ product: c.req.query('product'), consumer: c.req.query('consumer') })

  return new Hono<CatalogApp>()
    .post('/requests', async (c) => {
      const actor = await bearerActor(c, world)
      const { scopes, view, ends_at, rows_per_day, ...subject } = await readJson(c, declarationSchema)
      const terms = { scopes, view, ends_at, rows_per_day }
      return c.json(await ask(sceneOf(c.env, world), actor, subject, terms), 201)
    })
    .post('/requests/:id/approve', async (c) => {
      const actor = await bearerActor(c, world)
      return c.json(
        await approve(sceneOf(c.env, world), actor, c.req.param('id'), await readJson(c, approvalSchema)),
      )
    })
    .post('/requests/:id/refuse', async (c) => {
      const actor = await bearerActor(c, world)
      return c.json(
        await refuse(sceneOf(c.env, world), actor, c.req.param('id'), await readJson(c, reasonedSchema)),
      )
    })
    .post('/requests/:id/withdraw', async (c) => {
      const actor = await bearerActor(c, world)
      await readJson(c, nothingSchema)
      return c.json(await withdraw(sceneOf(c.env, world), actor, c.req.param('id')))
    })
    .post('/grants', async (c) => {
      const actor = await bearerActor(c, world)
      if (actor.kind !== 'operator')
        throw new CatalogError(
          'operator_only',
          'Grants are declared by the operator; consumers ask for them.',
        )
      return c.json(await declare(sceneOf(c.env, world), await readJson(c, declarationSchema)))
    })
    .post('/grants/:id/change', async (c) => {
      const actor = await bearerActor(c, world)
      return c.json(
        await change(sceneOf(c.env, world), actor, c.req.param('id'), await readJson(c, changeSchema)),
      )
    })
    .post('/grants/:id/revoke', async (c) => {
      const actor = await bearerActor(c, world)
      return c.json(
        await revoke(sceneOf(c.env, world), actor, c.req.param('id'), await readJson(c, reasonedSchema)),
      )
    })
    .get('/requests.json', async (c) => {
      const state = stateOf(c.req.query('state'))
      const { items, more } = await listRequests(c.env.DB, await readerOrRefuse(c, world), {
        ...questionOf(c),
        state,
      })
      return c.json({ requests: items, more })
    })
    .get('/grants.json', async (c) => {
      const { items, more } = await listGrantsSeen(c.env.DB, await readerOrRefuse(c, world), questionOf(c))
      const at = now()
      return c.json({ grants: items.map((grant) => ({ ...grant, holds: holds(grant, at) })), more })
    })
    .get('/access.json', async (c) =>
      c.json(await accessDocument(c.env, { actor: await readerOrRefuse(c, world), at: now(), askUsage })),
    )
    .get('/requests/:file{[^/]+\\.json}', async (c) =>
      c.json(await requestDocument(c.env, { actor: await readerOrRefuse(c, world) }, nameOfFile(c))),
    )
    .get('/grants/:file{[^/]+\\.json}', async (c) =>
      c.json(
        await grantDocument(
          c.env,
          { actor: await readerOrRefuse(c, world), at: now(), askUsage },
          nameOfFile(c),
        ),
      ),
    )
}

function stateOf(asked: string | undefined): RequestState | undefined {
  const state = requestStates.find((each) => each === asked)
  if (asked === undefined || state) return state
  throw new CatalogError('parameter_invalid', `state is one of ${requestStates.join(', ')}.`)
}

const nameOfFile = (c: C): string => (c.req.param('file') ?? '').replace(/\.json$/, '')
