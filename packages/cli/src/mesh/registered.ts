/** What a catalog has registered, for judging contracts beside it. */
import { readContract, type Contract, type Day } from '@meshloop/contract'
import type { Exception } from '@meshloop/contract/policies'
import * as z from 'zod'
import { answerOf, request } from './mesh-client.ts'

/** What a catalog knows. */
export interface Registered {
  /** The newest contract of every major. */
  readonly contracts: readonly Contract[]
  readonly exceptions: readonly Exception[]
}

const AT_ONCE = 10

const listSchema = z.object({ products: z.array(z.object({ id: z.string(), major: z.int() })) })
const productSchema = z.object({ contract: z.unknown() })
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

/** Asks the catalog at `meshUrl`. @throws {MeshError} `mesh_unreachable`, `not_a_mesh` */
export async function fetchRegistered(meshUrl: string): Promise<Registered> {
  const { products } = await answerOf(await request(`${meshUrl}/products.json?majors=all`), listSchema)
  const contracts: Contract[] = []
  for (let next = 0; next < products.length; next += AT_ONCE)
    contracts.push(
      ...(await Promise.all(
        products.slice(next, next + AT_ONCE).map(async ({ id, major }) => {
          const url = `${meshUrl}/products/${encodeURIComponent(id)}.json?major=${major}`
          return readContract((await answerOf(await request(url), productSchema)).contract)
        }),
      )),
    )
  const { exceptions } = await answerOf(await request(`${meshUrl}/policies.json`), policiesSchema)
  return { contracts, exceptions: exceptions.map(withoutPath) }
}

const withoutPath = ({
  path,
  ...exception
}: z.output<typeof policiesSchema>['exceptions'][number]): Exception =>
  path === undefined ? exception : { ...exception, path }
