/** What a catalog has registered: public, and what contracts of a checkout are judged beside. */
import { readContract, type Contract, type Day } from '@meshloop/contract'
import type { Use } from '@meshloop/contract/compare'
import type { Exception } from '@meshloop/contract/policies'
import * as z from 'zod'
import { answerOf, request } from './mesh-client.ts'

/** A major as it is registered. */
export interface RegisteredMajor {
  readonly contract: Contract
  /** Who reads it, and which fields. */
  readonly uses: readonly Use[]
}

const AT_ONCE = 10

const listSchema = z.object({ products: z.array(z.object({ id: z.string(), major: z.int() })) })
const productSchema = z.object({
  contract: z.unknown(),
  consumers: z
    .array(z.object({ consumer: z.string(), fields: z.array(z.string()).nullish() }))
    .optional()
    .default([]),
})
const policiesSchema = z.object({
  exceptions: z.array(
    z.object({
      policy: z.string(),
      product: z.string(),
      path: z.string().optional(),
      owner: z.string(),
      reason: z.string(),
      expires: z.iso.date().transform((day) => day as Day), // the format that Zod has just checked
    }),
  ),
})

/**
 * Every registered major, of one product or of all. What is not registered has none.
 *
 * @throws {MeshError} `mesh_unreachable`, `not_a_mesh`
 */
export async function fetchMajors(meshUrl: string, productId?: string): Promise<readonly RegisteredMajor[]> {
  const list = await answerOf(await request(`${meshUrl}/products.json?majors=all`), listSchema)
  const products = list.products.filter(({ id }) => productId === undefined || id === productId)
  const majors: RegisteredMajor[] = []
  for (let next = 0; next < products.length; next += AT_ONCE) {
    const some = products.slice(next, next + AT_ONCE)
    majors.push(...(await Promise.all(some.map(({ id, major }) => fetchMajor(meshUrl, id, major)))))
  }
  return majors
}

/** Exceptions from policies that the catalog has recorded. @throws {MeshError} `mesh_unreachable`, `not_a_mesh` */
export async function fetchExceptions(meshUrl: string): Promise<readonly Exception[]> {
  const { exceptions } = await answerOf(await request(`${meshUrl}/policies.json`), policiesSchema)
  return exceptions.map(({ path, ...exception }) => (path === undefined ? exception : { ...exception, path }))
}

async function fetchMajor(meshUrl: string, id: string, major: number): Promise<RegisteredMajor> {
  const url = `${meshUrl}/products/${encodeURIComponent(id)}.json?major=${major}`
  const { contract, consumers } = await answerOf(await request(url), productSchema)
  return {
    contract: readContract(contract),
    uses: consumers.map(({ consumer, fields }) => ({ consumer, fields: fields ?? null })),
  }
}
