/** Who a person is: what the provider calls them. Names and addresses change, and are for showing only. */
import { sha256 } from '@meshloop/contract'

/** The issuer of people who signed in without a provider, on a developer's machine. */
export const developmentIssuer = 'development'

/** The id of a person, made of issuer and subject: 22 characters (132 bits), so that nobody finds a second pair with it. */
export async function personId(issuer: string, subject: string): Promise<string> {
  return (await sha256(JSON.stringify([issuer, subject]))).slice(0, 22)
}
