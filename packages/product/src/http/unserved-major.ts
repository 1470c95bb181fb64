/** Addresses of majors that a product's Worker does not serve: one that has ended is told from one that never was. */
import { majorOf, type Contract } from '@meshloop/contract'
import type { ProductEnv } from '../env.ts'
import { ProductError } from '../problems.ts'
import { problemResponse } from './problem.ts'

/** The refusal of a path of another major than those served, naming the newest; undefined where no major is asked for. */
export function unservedMajor(
  newest: Contract,
  pathname: string,
  addresses: Pick<ProductEnv, 'ISSUER' | 'BASE_URL'>,
): Response | undefined {
  const { BASE_URL } = addresses
  const [, id, asked] = /^\/([^/]+\/[^/]+)\/v([1-9]\d{0,5})(?:\/|$)/.exec(pathname) ?? []
  const major = Number(asked)
  if (id !== newest.id.replace('.', '/') || major === majorOf(newest)) return undefined
  if (major > majorOf(newest))
    return problemResponse(
      new ProductError('not_found', `${newest.id} has no major ${major} yet; ${BASE_URL} is the newest.`),
      addresses,
    )
  const ended = new ProductError('major_ended', `${newest.id} v${major} has ended; go on at ${BASE_URL}.`)
  const response = problemResponse(ended, addresses)
  response.headers.append('link', `<${BASE_URL}>; rel="successor-version"`)
  return response
}
