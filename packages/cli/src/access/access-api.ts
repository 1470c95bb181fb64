/** The catalog's interface about access, for the commands: each call with one credential, each answer checked. */
import * as z from 'zod'
import { answerOf, request } from '../mesh/mesh-client.ts'
import { findTarget, type CommandContext, type Target } from '../mesh/target.ts'
import { credentialFor } from './credential.ts'

/** Options of every command about access. */
export interface AccessOptions {
  readonly url?: string
  /** Client of this checkout's own mesh whose key is used. */
  readonly as?: string
}

/** Asks the catalog. */
export interface AccessApi {
  readonly target: Target
  readonly get: <T>(path: string, schema: z.ZodType<T>) => Promise<T>
  readonly post: <T>(path: string, body: object, schema: z.ZodType<T>) => Promise<T>
}

const termsShape = {
  scopes: z.array(z.string()),
  view: z.object({
    classes: z.array(z.string()).nullable(),
    columns: z.array(z.string()).nullable(),
    rows: z.array(z.object({ field: z.string(), op: z.string(), value: z.unknown() })),
  }),
  ends_at: z.string().nullable(),
  rows_per_day: z.number().nullable(),
}

/** What is asked for or granted. */
export const termsSchema = z.object(termsShape)

/** A request as the catalog tells it. */
export const requestSchema = z.object({
  id: z.string(),
  consumer: z.string(),
  product: z.string(),
  major: z.number(),
  purpose: z.string(),
  wants: termsSchema,
  state: z.string(),
  reason: z.string().nullable(),
  granted: z.string().nullable(),
})

/** A grant as the catalog tells it. */
export const grantSchema = z.object({
  ...termsShape,
  id: z.string(),
  consumer: z.string(),
  product: z.string(),
  major: z.number(),
  purpose: z.string(),
  version: z.number(),
  revoked_at: z.string().nullable(),
})

/** A list of requests. */
export const requestsSchema = z.object({ requests: z.array(requestSchema) })

/** A list of grants; `holds`: neither revoked nor ended. */
export const grantsSchema = z.object({ grants: z.array(grantSchema.extend({ holds: z.boolean() })) })

/** The interface of the mesh that is meant, with the key that is meant. @throws {MeshError} `no_mesh_running`, `no_key` */
export function openAccessApi(context: CommandContext, { url, as }: AccessOptions): AccessApi {
  const target = findTarget(context, url)
  const authorization = `Bearer ${credentialFor(target, context, as)}`
  return {
    target,
    get: async (path, schema) =>
      answerOf(await request(target.url + path, { headers: { authorization } }), schema),
    post: async (path, body, schema) => {
      const headers = { authorization, 'content-type': 'application/json' }
      const init = { method: 'POST', headers, body: JSON.stringify(body) }
      return answerOf(await request(target.url + path, init), schema)
    },
  }
}
