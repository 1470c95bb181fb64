/** Where products are: the catalog says it, and what it said counts for five minutes. */
import * as z from 'zod'
import type { ProductRef } from './product-ref.ts'
import { ClientError } from './client-error.ts'
import { jsonOf } from './exchange.ts'
import type { Ask } from './patient.ts'
import { readProblem, reasonOf } from './problem.ts'

const KEPT_MS = 5 * 60_000

const documentSchema = z.object({ url: z.string().max(500) })

/** Finds the base URL of a product. @throws {ClientError} `product_unknown`, `unreachable`, `answer_invalid` */
export type FindProduct = (ref: ProductRef) => Promise<string>

/** A `FindProduct` that asks the catalog at `issuer` and remembers. `now`: milliseconds. */
export function addressBook(issuer: string, request: Ask, now: () => number): FindProduct {
  const known = new Map<string, { readonly url: string; readonly untilMs: number }>()
  return async (ref) => {
    const name = `${ref.product}/v${ref.major}`
    const kept = known.get(name)
    if (kept && kept.untilMs > now()) return kept.url
    const url = await ask(issuer, request, ref)
    known.set(name, { url, untilMs: now() + KEPT_MS })
    return url
  }
}

async function ask(issuer: string, request: Ask, { product, major }: ProductRef): Promise<string> {
  const page = `${issuer}/products/${encodeURIComponent(product)}.json?major=${major}`
  const answer = await request(page, { headers: { accept: 'application/json' } })
  const { status } = answer
  if (status === 404)
    throw new ClientError(
      'product_unknown',
      `The catalog at ${issuer} has no product ${product} with the major ${major}.`,
      {
        status,
        problem: readProblem(answer.text),
      },
    )
  if (status !== 200)
    throw new ClientError('unreachable', `${page} answered ${reasonOf(readProblem(answer.text), status)}.`, {
      status,
    })
  const document = documentSchema.safeParse(jsonOf(page, answer))
  if (!document.success)
    throw new ClientError('answer_invalid', `${page} names no url of the product.`, { status })
  checkUrl(document.data.url, { product, major }, issuer)
  return document.data.url
}

/** A catalog that is wrong, or was made wrong, must not lead data or tokens elsewhere. */
function checkUrl(url: string, { product, major }: ProductRef, issuer: string): void {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (!parsed || `${parsed.origin}${parsed.pathname}` !== url)
    throw new ClientError('answer_invalid', `The catalog names no plain address for ${product}.`)
  // Only a mesh on one machine is without TLS, and there everything has one origin.
  if (parsed.protocol !== 'https:' && parsed.origin !== new URL(issuer).origin)
    throw new ClientError(
      'answer_invalid',
      `The catalog names an address without TLS for ${product}: ${url}.`,
    )
  const [, path, served] = /^(.*\/v)([1-9]\d*)$/.exec(parsed.pathname) ?? []
  if (path !== `/${product.replace('.', '/')}/v`)
    throw new ClientError('answer_invalid', `The catalog names the address of another product: ${url}.`)
  if (served !== String(major))
    throw new ClientError('product_unknown', `The catalog has ${product} at ${url}, not its major ${major}.`)
}
