/** `POST /products`: a domain registers its product; what is served must be what is promised. */
import { ContractError, contractHash, majorOf, readContract, type Contract } from '@meshloop/contract'
import { Hono } from 'hono'
import * as z from 'zod'
import { bearer } from '../access/bearer.ts'
import { authenticate } from '../access/clients.ts'
import type { CatalogApp, World } from '../env.ts'
import { CatalogError } from '../problems.ts'
import { readJson } from '../read-body.ts'
import { domainOf, putProduct } from './product-store.ts'
import { checkProductUrl } from './product-url.ts'
import { checkServed } from './served-contract.ts'

const maxBytes = 1024 * 1024
const bodySchema = z.strictObject({ url: z.string(), contract: z.unknown() })

/** Registration. The bearer is the client key of the domain's publisher. */
export function registerRoute({ fetch, now }: World) {
  return new Hono<CatalogApp>().post('/products', async (c) => {
    const { DB, ISSUER, ALLOWED_HOSTS } = c.env
    // Whose key it is comes first: strangers cannot make the catalog parse or fetch anything.
    const publisher = await authenticate(DB, bearer(c.req.header('authorization'), 'client_key_missing'))
    if (publisher.kind !== 'publisher') {
      throw new CatalogError(
        'not_publisher',
        `${publisher.id} is a ${publisher.kind}; a publisher registers products.`,
      )
    }
    const { url, contract: sent } = await readJson(c, bodySchema, maxBytes)
    const contract = parseSent(sent)
    const { id } = contract
    if (domainOf(id) !== publisher.domain) {
      throw new CatalogError(
        'foreign_domain',
        `${publisher.id} registers products of ${publisher.domain}, not ${id}.`,
      )
    }
    const major = majorOf(contract)
    checkProductUrl(url, { id, major }, { issuer: ISSUER, allowedHosts: ALLOWED_HOSTS })
    await checkServed(url, contract, fetch)
    const contract_hash = await contractHash(contract)
    const at = new Date(now()).toISOString()
    await putProduct(DB, { contract, contract_hash, url, registered_by: publisher.id, at })
    return c.json({ id, major, url, contract_hash, page: `${ISSUER}/products/${id}` })
  })
}

function parseSent(json: unknown): Contract {
  try {
    return readContract(json)
  } catch (cause) {
    if (!(cause instanceof ContractError)) throw cause
    const errors = cause.problems.map(({ path, problem }) => ({
      pointer: `/contract/${path.replaceAll('.', '/')}`,
      detail: problem,
    }))
    throw new CatalogError('contract_invalid', cause.message, { errors, cause })
  }
}
