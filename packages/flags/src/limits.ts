/**
 * The numbers of the format meshloop-flags/1, each with its unit.
 *
 * Source: docs/flags-format.md. A change to one of the format's limits is a new format version; publishing
 * defaults may change freely within the readers' caps.
 */

/** Salt of every key derivation, and the name of the format. */
export const FORMAT = 'meshloop-flags/1'
/** First bytes of a page's value. */
export const PAGE_MAGIC = 'meshloop-flags/1 page\n'
/** First bytes of the block behind a head's signature. */
export const INDEX_MAGIC = 'meshloop-flags/1 index\n'
/** `typ` of a head's signature: no other signature of the mesh is accepted in its place. */
export const HEAD_TYP = 'meshloop-flags+jws'

/** Fewest index bits: 16 pages. */
export const MIN_BITS = 4
/** Most index bits: 4,096 pages. */
export const MAX_BITS = 12

/** Longest subject and longest value of a keyed hash, in UTF-8 bytes. */
export const MAX_SUBJECT_BYTES = 256
/** Longest entry, in bytes of its canonical JSON. */
export const MAX_ENTRY_BYTES = 4_096
/** Largest value of a page. */
export const MAX_PAGE_BYTES = 262_144
/** Largest value of a head. */
export const MAX_HEAD_BYTES = 300_000
/** Largest signed part of a head. */
export const MAX_JWS_BYTES = 12_000

/** Length of a SHA-256, and of keys. */
export const HASH_BYTES = 32
/** Length of one DIFF record: slot(2) and a hash. */
export const DIFF_RECORD_BYTES = 34
/** Length of an Ed25519 signature; anything else is refused before it reaches the platform. */
export const SIGNATURE_BYTES = 64
/** Length of a page's AES-GCM nonce. */
export const NONCE_BYTES = 12

/** Longest `fresh_until` that a reader accepts, counted from the epoch. */
export const FRESH_CAP_MS = 600_000
/** Longest `expires` that a reader accepts, counted from the epoch. */
export const EXPIRY_CAP_MS = 3_600_000
/** How far a head's epoch may be ahead of the clock that looks at it. */
export const MAX_AHEAD_MS = 60_000

/** A head names as `prev` only a head at least this much older: KV shows pages later than it shows heads. */
export const PREV_MIN_AGE_MS = 55_000
/** How long KV keeps pages and heads that nobody renews. */
export const VALUE_TTL_SECONDS = 172_800
