/**
 * For the publishing product: entries to pages, pages to a signed head. Pure functions; the product keeps their
 * results in its database and the steward puts them: prepare, put pages, commit, put head.
 */
export type { Breach, ContractRef, Gate, ModelRef } from './claims.ts'
export type { FlagEntry, JsonValue } from './entry.ts'
export { FlagsError, type FlagsErrorCode } from './errors.ts'
export { epochInKv, nextEpoch } from './epoch.ts'
export { gateOf, type GateVerdict } from './gate.ts'
export { keyedHash } from './keyed-hash.ts'
export { deriveFlagKeys, type FlagKeys } from './keys.ts'
export { encodeEntry, encodePage, type Page, type PageLine } from './page-encode.ts'
export { pageIsDue, pageOutlives } from './renewal.ts'
export { chooseBits, type PageSizes } from './shape.ts'
export { headFingerprint, signHead, type HeadContent, type SignedHead } from './sign-head.ts'
export { importSigningKey, type FlagSigningKey } from './signing-key.ts'
export type { FlagPin } from './pins.ts'
export { addressOf, placesOf, slotOf, type SubjectAddress } from './subject.ts'
