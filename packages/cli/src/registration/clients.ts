/** Names of the clients that a local mesh has beside its Workers. */

/** Who the commands are when they read. */
export const COMMANDS_CLIENT = { id: 'local.commands', domain: 'local' } as const

/** Who calls products to run, to be checked and to sign flags. */
export const STEWARD = 'platform.steward'

/** Client id under which a source sends to a product over HTTP; the catalog takes the last part as the source's name. */
export const sourceClient = (product: string, source: string): string => `${product}.${source}`

/** Who decides for a domain, with `--as`. */
export const ownerClient = (domain: string): string => `${domain}.owner`
