/** What a data product promises, as data. */
export { bool, date, id, int, list, money, number, oneOf, struct, text, time } from './fields.ts'
export type { Class, Field, Reference } from './fields.ts'
export { kindOf, jsonSchemaOf, zodOf } from './kinds.ts'
export type { Kind, Operator } from './kinds.ts'
export { defineProduct, fieldOf, filterable, majorOf, versionField } from './product.ts'
export type {
  Contract,
  ContractOf,
  Fields,
  FlagsPort,
  GateRule,
  InputRef,
  Measure,
  RecordOf,
  Rollup,
  Row,
} from './product.ts'
export { ContractError } from './check.ts'
export type { ContractProblem } from './check.ts'
export { durationMs } from './duration.ts'
export type { Duration } from './duration.ts'
export { canonicalJson, sha256 } from './canonical.ts'
export { contractHash } from './hash.ts'
export { readContract } from './read-contract.ts'
export { recordSchema, rowReader } from './record.ts'
export type { ReadRow, RowError } from './record.ts'
export { toJsonSchema } from './json-schema.ts'
export { toOdcs } from './odcs.ts'
