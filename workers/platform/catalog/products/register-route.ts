/** `POST /products`: a domain registers its product; what is served must be what is promised, and change only as its version says. */
import { ContractError, contractHash, majorOf, readContract, type Contract } from '@meshloop/contract'
import { Hono, type Context } from 'hono'
import * as z from 'zod'
import { bearer } from '../clients/bearer.ts'
import { authenticate } from '../clients/authenticate.ts'
import type { Client } from '../clients/client-store.ts'
import { noteUse } from '../clients/key-uses.ts'
import type { CatalogApp, World } from '../env.ts'
import { putDomain } from '../governance/domain-store.ts'
import { parseDomain } from '../governance/parse-domain.ts'
import { CatalogError } from '../problems.ts'
import { readJson } from '../read-body.ts'
import { judgeRegistration } from './judge-registration.ts'
import { checkLookAlike } from './look-alike.ts'
import { domainOf } from './product.ts'
import { majorsOf } from './product-store.ts'
import { checkProductUrl } from './product-url.ts'
import { moveProduct, putProduct } from './put-product.ts'
import { checkServed } from './served-contract.ts'
import { createAskUsage } from './usage.ts'

const maxBytes = 1024 * 1024
const bodySchema = z.strictObject({ url: z.string(), contract: z.unknown(), domain: z.unknown().optional() })

/** Registration. The bearer is the client key of the domain's publisher. */
export function registerRoute(world: World) {
  const askUsage = createAskUsage(world)

  return new Hono<CatalogApp>().post('/products', async (c) => {
    const { DB, ISSUER, ALLOWED_HOSTS } = c.env
    const publisher = await publisherOf(c, new Date(world.now()).toISOString())
    const { url, contract: sent, domain } = await readJson(c, bodySchema, maxBytes)
    const contract = parseSent(sent)
    const { id } = contract
    if (domainOf(id) !== publisher.domain) {
      throw new CatalogError(
        'foreign_domain',
        `${publisher.id} registers products of ${publisher.domain}, not ${id}.`,
      )
    }
    const rules = domain === undefined ? undefined : parseDomain(domain, publisher)
    const major = majorOf(contract)
    checkProductUrl(url, { id, major }, { issuer: ISSUER, allowedHosts: ALLOWED_HOSTS })
    await checkServed(url, contract, world.fetch)

    const contract_hash = await contractHash(contract)
    const at = new Date(world.now()).toISOString()
    const place = { db: DB, newId: world.newId }
    const registration = { contract, contract_hash, url, registered_by: publisher.id, at }
    const majors = await majorsOf(DB, id)
    if (majors.length === 0) await checkLookAlike(DB, id)
    const registered = majors.find((product) => product.major === major)
    if (registered?.contract_hash === contract_hash) {
      await moveProduct(place, registered, registration)
    } else {
      const judgement = await judgeRegistration(c.env, { contract, majors, rules, at }, askUsage)
      await putProduct(place, registration, { ...judgement, previous: registered ?? null })
    }
    if (rules) await putDomain(DB, rules, { by: publisher.id, at })
    return c.json({ id, major, url, contract_hash, page: `${ISSUER}/products/${id}` })
  })
}

/** Whose key it is comes first: strangers cannot make the catalog parse or fetch anything. */
async function publisherOf(c: Context<CatalogApp>, at: string): Promise<Client> {
  const key = bearer(c.req.header('authorization'), 'client_key_missing')
  const { client, key: held } = await authenticate(c.env, key, at)
  await noteUse(c.env.DB, held.id, at, 0)
  if (client.kind === 'publisher') return client
  throw new CatalogError('not_publisher', `${client.id} is a ${client.kind}; a publisher registers products.`)
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
