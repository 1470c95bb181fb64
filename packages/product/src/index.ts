/** A data product: one contract and its storage become a Worker. */
export { serve } from './serve.ts'
export type { ProductDefinition, ProductWorker } from './serve.ts'
export { derive } from './derive/derivation.ts'
export { input } from './derive/input.ts'
export type { ProductEnv } from './env.ts'
export type { FlagsOptions, HashValue } from './flags/publisher.ts'
