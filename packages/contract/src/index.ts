/** What a data product promises, as data: the definition, its records, and its name. */
export {
  bool,
  classes,
  date,
  id,
  int,
  list,
  money,
  number,
  oneOf,
  struct,
  text,
  time,
} from './definition/fields.ts'
export type { Class, Field, Reference } from './definition/fields.ts'
export { classOf, highestClass } from './definition/class-of.ts'
export { kindOf, jsonSchemaOf, operatorsOf, zodOf } from './definition/kinds.ts'
export type { Kind, Operator, ParquetType } from './definition/kinds.ts'
export { buckets, fieldOf, filterable, majorOf, ports, versionField } from './definition/contract.ts'
export { groupingOf } from './definition/buckets.ts'
export { currenciesOf, fieldOfMeasure, measureWords, partsOfMeasure } from './definition/measures.ts'
export type {
  AccessRules,
  Bucket,
  Contract,
  ContractOf,
  Fields,
  FlagsPort,
  GateRule,
  GroupRule,
  InputRef,
  Measure,
  Port,
  RecordOf,
  Rollup,
  Row,
} from './definition/contract.ts'
export { groupFields } from './definition/groups.ts'
export { defineProduct } from './check/define-product.ts'
export { boundOf, fieldsOfRule, isWithin } from './definition/quality.ts'
export type { Bound, Condition, QualityRule, Scalar, Severity } from './definition/quality.ts'
export { projected } from './definition/projection.ts'
export type { ProjectedField, Projection } from './definition/projection.ts'
export type { Day, Lifecycle } from './definition/lifecycle.ts'
export { ContractError } from './definition/contract-error.ts'
export type { ContractProblem } from './definition/contract-error.ts'
export { findProjectionProblems } from './check/projection.ts'
export { durationMs } from './definition/duration.ts'
export type { Duration } from './definition/duration.ts'
export { canonicalJson, sha256 } from './content/canonical.ts'
export { contractHash } from './content/hash.ts'
export { readContract } from './check/read-contract.ts'
export { recordSchema, rowReader } from './records/record.ts'
export type { ReadRow, RowError } from './records/record.ts'
