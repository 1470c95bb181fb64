/** The contracts of a product that are registered at a mesh, and who reads them. */
import { readContract } from '@meshloop/contract'
import * as z from 'zod'
import type { Earlier } from './majors.ts'
import { answerOf, request } from '../mesh/mesh-client.ts'
import { findTarget, type CommandContext } from '../mesh/target.ts'

const listSchema = z.object({ products: z.array(z.object({ id: z.string(), major: z.int() })) })
const productSchema = z.object({
  contract: z.unknown(),
  consumers: z
    .array(z.object({ consumer: z.string(), fields: z.array(z.string()).nullish() }))
    .optional()
    .default([]),
})

/**
 * Every registered major of a product; none for a product that is new to the mesh. What the catalog says is public.
 *
 * @throws {MeshError} `no_mesh_running`, `mesh_unreachable`, `not_a_mesh`.
 */
export async function registered(
  id: string,
  context: CommandContext,
  urlOption: string | undefined,
): Promise<{ readonly earlier: readonly Earlier[]; readonly where: string }> {
  const { url } = findTarget(context, urlOption)
  const { products } = await answerOf(await request(`${url}/products.json?majors=all`), listSchema)
  const majors = products.filter((product) => product.id === id).map(({ major }) => major)
  return {
    earlier: await Promise.all(majors.map(async (major) => earlierOf(url, id, major))),
    where: `what is registered at ${url}`,
  }
}

async function earlierOf(url: string, id: string, major: number): Promise<Earlier> {
  const address = `${url}/products/${id}.json?major=${major}`
  const { contract, consumers } = await answerOf(await request(address), productSchema)
  return {
    contract: readContract(contract),
    uses: consumers.map(({ consumer, fields }) => ({ consumer, fields: fields ?? null })),
  }
}
