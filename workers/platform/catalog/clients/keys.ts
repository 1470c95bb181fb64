/** Makes and revokes keys of clients. */
import { createClientKey, hashClientKey } from '@meshloop/access/issue'
import * as z from 'zod'
import type { Scene } from '../env.ts'
import { act, isGuardFailure } from '../audit/act.ts'
import { nameOf, type Actor } from '../people/actor.ts'
import { CatalogError } from '../problems.ts'
import {
  findKey,
  findKeyByHash,
  keyStatements,
  maxKeysInDay,
  maxKeysOfClient,
  revokeStatements,
  usableKeys,
  type KeptKey,
} from './client-keys.ts'
import type { Client } from './client-store.ts'
import { isItself, mayMake, mayMakeKeys, mayRevokeKeys, visibleClient } from './powers.ts'

/** What is asked of a new key. */
export const wantedKeySchema = z.strictObject({
  /** RFC 3339; null: until it is revoked. */
  ends_at: z.iso
    .datetime({ offset: true })
    .transform((time) => new Date(time).toISOString())
    .nullable()
    .default(null),
  /** A source's own Ed25519 public key (RFC 8037): then the catalog makes no secret, and never sees one. */
  public_key: z
    .strictObject({
      kty: z.literal('OKP'),
      crv: z.literal('Ed25519'),
      x: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
    })
    .optional(),
})

/** A new key. */
export type WantedKey = z.output<typeof wantedKeySchema>

/** What a client key is made of: the environment of the catalog, and 32 random bytes, base64url. */
export interface KeyParts {
  readonly environment: string
  readonly secret: string
}

/** A key that was made. */
export interface MadeKey {
  readonly id: string
  readonly ends_at: string | null
  /** The client key: shown this once, and known to nobody afterwards. Not there for a public key. */
  readonly key?: string
}

/** Makes a key. Throws CatalogError `not_found`, `owner_only`, `body_malformed`, `keys_too_many`. */
export async function makeKey(
  scene: Scene,
  actor: Actor,
  clientId: string,
  wanted: WantedKey,
  { environment, secret }: KeyParts,
): Promise<MadeKey> {
  const client = await visibleClient(scene.db, actor, clientId)
  if (!mayMakeKeys(actor, client)) throw ownerOnly(client)
  const { public_key } = wanted
  if (public_key && client.kind !== 'source')
    throw new CatalogError('body_malformed', 'public_key: only sources sign; others have client keys.')
  const ends_at = await endOf(scene, actor, client, wanted)
  const key = public_key
    ? undefined
    : createClientKey(environment, client.id, Uint8Array.fromBase64(secret, { alphabet: 'base64url' }))
  const kept = await keepKey(scene, actor, client, {
    hash: key === undefined ? null : await hashClientKey(key),
    public_key: public_key?.x ?? null,
    ends_at,
  })
  return { id: kept, ends_at, ...(key === undefined ? {} : { key }) }
}

/**
 * Keeps a key that the operator made elsewhere, of which it tells the hash. The same again changes nothing, and does not bring
 * back one that was revoked. Throws CatalogError `keys_too_many`.
 */
export async function declareKey(scene: Scene, actor: Actor, client: Client, hash: string): Promise<void> {
  if (await findKeyByHash(scene.db, client.id, hash)) return
  await keepKey(scene, actor, client, { hash, public_key: null, ends_at: null })
}

/** Revokes a key, for ever; again changes nothing. Throws CatalogError `not_found`, `owner_only`. */
export async function revokeKey(scene: Scene, actor: Actor, clientId: string, keyId: string): Promise<void> {
  const client = await visibleClient(scene.db, actor, clientId)
  const key = await findKey(scene.db, client.id, keyId)
  if (!key) throw new CatalogError('not_found', `${client.id} has no such key.`)
  if (!mayRevokeKeys(actor, client)) throw ownerOnly(client)
  const about = { client: client.id, key: key.id }
  try {
    await act(scene, {
      what: 'key.revoked',
      by: nameOf(actor),
      about,
      statements: revokeStatements(scene.db, key.id, scene.at),
      notices: [{ type: 'key.revoked', data: about, to: toldOf(client) }],
    })
  } catch (error) {
    if (!isGuardFailure(error)) throw error
  }
}

async function keepKey(
  scene: Scene,
  actor: Actor,
  client: Client,
  key: Pick<KeptKey, 'hash' | 'public_key' | 'ends_at'>,
): Promise<string> {
  const id = scene.newId()
  const kind = key.public_key === null ? 'secret' : 'ed25519'
  const by = nameOf(actor)
  const about = { client: client.id, key: id, kind, ends_at: key.ends_at }
  try {
    await act(scene, {
      what: 'key.made',
      by,
      about: { ...about, public_key: key.public_key },
      statements: keyStatements(scene.db, {
        ...key,
        id,
        client: client.id,
        kind,
        created_by: by,
        created_at: scene.at,
      }),
      notices: [{ type: 'key.made', data: { ...about, by }, to: toldOf(client) }],
    })
  } catch (error) {
    if (!isGuardFailure(error)) throw error
    throw new CatalogError(
      'keys_too_many',
      `${client.id} has ${maxKeysOfClient} keys that count, or was given ${maxKeysInDay} within a day. Revoke one, or wait.`,
      { cause: error },
    )
  }
  return id
}

/** A client that makes a key for itself prolongs nothing: the key ends no later than those that it was given. */
async function endOf(scene: Scene, actor: Actor, client: Client, { ends_at }: WantedKey) {
  if (ends_at !== null && ends_at <= scene.at)
    throw new CatalogError('body_malformed', 'ends_at: is in the past.')
  if (!isItself(actor, client) || mayMake(actor, client)) return ends_at
  const given = await usableKeys(scene.db, client.id, scene.at)
  const last = given.some((key) => key.ends_at === null)
    ? null
    : given.reduce(
        (latest, key) => (key.ends_at !== null && key.ends_at > latest ? key.ends_at : latest),
        scene.at,
      )
  if (last === null || (ends_at !== null && ends_at <= last)) return ends_at
  if (ends_at === null) return last
  throw new CatalogError(
    'body_malformed',
    `ends_at: keys of ${client.id} end at ${last}; its owner prolongs.`,
  )
}

const toldOf = ({ id, domain }: Client) => ({ domains: [domain], consumers: [id] })

const ownerOnly = ({ id, domain }: Client): CatalogError =>
  new CatalogError(
    'owner_only',
    `Keys of ${id} are for itself, for owners of ${domain}, or for the operator to make and to revoke.`,
  )
