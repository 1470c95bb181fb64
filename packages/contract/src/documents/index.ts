/** A contract as the documents that others read. */
export { toJsonSchema } from './json-schema.ts'
export { toOdcs } from './odcs.ts'
