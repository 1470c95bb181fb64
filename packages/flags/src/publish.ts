/** For the steward: put what products sign, mend what was damaged, and witness what nobody signed. */
export type { FlagKv } from './kv.ts'
export type { FlagPin } from './pins.ts'
export {
  publishHead,
  publishPages,
  type FlagKvWriter,
  type NamedPage,
  type PublishTarget,
  type PublishedPages,
  type PutRefusal,
} from './publish-values.ts'
export { pagesNamedBy, scrubPages, type Scrubbed } from './scrub.ts'
export { witnessHead, type Testimony, type WitnessOptions } from './witness.ts'
export { createWritePace, type WritePace } from './write-pace.ts'
