/** Reads a contract that arrives as JSON, from a product or a team's registration. Trusts nothing. */
import * as z from 'zod'
import { ContractError, type ContractProblem } from '../definition/contract-error.ts'
import { findProblems } from './find-problems.ts'
import { ports, type Contract } from '../definition/contract.ts'
import { extentProblem, type Extent } from './extent.ts'
import { classes, type Field } from '../definition/fields.ts'
import { kinds, type Kind } from '../definition/kinds.ts'

/**
 * Larger documents are refused before they are looked at. The values of an enum in a struct in a list are seven deep; 95
 * enums of 200 values each are 19,000.
 */
const EXTENT: Extent = { levels: 8, members: 1_000, values: 30_000 }
/** Of so many problems is told, and of each so many characters: it may quote the document. */
const MAX_PROBLEMS = 100
const MAX_PROBLEM_CHARS = 500
/** What is carried of another standard's document has its own depth, and a size: it is served with the contract. */
const MAX_CARRIED_DEPTH = 24
const MAX_CARRIED_CHARS = 256_000

const line = z.string().min(1).max(200)
const prose = z.string().min(1).max(4_000)
const names = z.array(line).max(95)
const reference = z.string().regex(/^[a-z0-9-]+\.[a-z0-9-]+#[a-z0-9_]+$/, 'is <domain>.<product>#<field>')
const scalar = z.union([z.string().max(2_000), z.number(), z.boolean()])

const fieldSchema: z.ZodType<Field> = z.lazy(() =>
  z.strictObject({
    kind: z.enum(Object.keys(kinds) as [Kind, ...Kind[]]), // the table is not empty
    means: prose,
    nullable: z.boolean(),
    class: z.enum(classes),
    name: line.optional(),
    synonyms: z.array(line).max(20).optional(),
    unit: line.optional(),
    of: reference.optional(),
    from: z.array(reference).max(50).optional(),
    examples: z.array(z.unknown()).max(20).optional(),
    values: z.array(line).min(1).max(200).optional(),
    min: z.number().optional(),
    max: z.number().optional(),
    items: fieldSchema.optional(),
    fields: z.record(line, fieldSchema).optional(),
  }),
) as z.ZodType<Field> // exactOptionalPropertyTypes: Zod's optional members may be undefined, JSON's are absent

const comparison = z.enum(['eq', 'ne', 'gt', 'gte', 'lt', 'lte'])
const conditions = z
  .array(
    z.union([
      z.strictObject({ field: line, is: z.enum(['null', 'present']) }),
      z.strictObject({ field: line, is: comparison, value: scalar }),
      z.strictObject({ field: line, is: comparison, other: line }),
    ]),
  )
  .max(20)
const range = z.tuple([z.number(), z.number()])
const ruleFrame = {
  means: prose,
  severity: z.enum(['info', 'warning', 'error']).optional(),
  dimension: z
    .enum(['accuracy', 'completeness', 'conformity', 'consistency', 'coverage', 'timeliness', 'uniqueness'])
    .optional(),
  bound: z
    .union([
      ...comparison.options.map((name) => z.strictObject({ [name]: z.number() })),
      z.strictObject({ between: range }),
      z.strictObject({ notBetween: range }),
    ])
    .optional(),
  unit: z.enum(['rows', 'percent']).optional(),
}
const ruleSchema = z.union([
  z.strictObject({ ...ruleFrame, nulls: line }),
  z.strictObject({ ...ruleFrame, missing: line, standIns: z.array(scalar).max(100) }),
  z.strictObject({ ...ruleFrame, invalid: line, valid: z.array(scalar).min(1).max(200) }),
  z.strictObject({ ...ruleFrame, duplicates: names }),
  z.strictObject({ ...ruleFrame, rows: z.literal(true) }),
  z.strictObject({ ...ruleFrame, holds: conditions, when: conditions.optional() }),
])
const day = z.string().max(10).optional()

const contractSchema = z.strictObject({
  id: line,
  version: line,
  title: line,
  purpose: prose,
  limitations: prose.optional(),
  terms: prose.optional(),
  price: z.strictObject({ amount: z.number().min(0), currency: line, unit: line }).optional(),
  owner: z.strictObject({ team: line, support: line }),
  visibility: z.enum(['mesh', 'internal']).optional(),
  access: z
    .strictObject({
      automatic: z
        .array(z.enum(['public', 'internal']))
        .max(2)
        .optional(),
      groups: z.strictObject({ least: z.int(), of: line.optional(), by: names.min(1) }).optional(),
    })
    .optional(),
  fields: z.record(line, fieldSchema),
  key: names.min(1),
  eventTime: line,
  versionBy: line.optional(),
  indexes: z
    .array(z.union([line, z.array(line).min(2).max(8)]))
    .max(95)
    .optional(),
  measures: z
    .record(
      line,
      z.union([
        measure({ count: z.literal(true) }),
        measure({ sum: line }),
        measure({ distinct: line }),
        measure({ average: line }),
        measure({ min: line }),
        measure({ max: line }),
        measure({ ratio: z.tuple([line, line]) }),
      ]),
    )
    .optional(),
  dimensions: names.optional(),
  rollups: z
    .array(z.strictObject({ by: names, measures: names }))
    .max(20)
    .optional(),
  ports: z.array(z.enum(ports)).max(ports.length).optional(),
  exports: z.strictObject({ every: line.optional(), keep: line.optional(), hot: line.optional() }).optional(),
  limits: z.strictObject({ scan: z.int().optional(), requests: z.int().optional() }).optional(),
  freshness: line,
  frequency: line.optional(),
  retention: line.optional(),
  tombstones: line.optional(),
  availability: z.number().optional(),
  lifecycle: z
    .strictObject({ generalAvailability: day, deprecated: day, endOfSupport: day, endOfLife: day })
    .optional(),
  quality: z.record(line, ruleSchema).optional(),
  inputs: z
    .array(z.strictObject({ product: line, major: z.int().min(1) }))
    .max(20)
    .optional(),
  flags: z.strictObject({ set: z.string().regex(/^[a-z][a-z0-9-]{0,30}$/), subject: line }).optional(),
  gate: z
    .array(z.enum(['freshness', 'drift', 'quality']))
    .max(3)
    .optional(),
  reintegration: z
    .strictObject({ decided_by: line, why: prose, risk: prose, review_by: z.iso.date() })
    .optional(),
  projects: z
    .strictObject({
      major: z.int().min(2),
      fields: z.record(
        line,
        z.union([
          z.strictObject({ from: line, values: z.record(line, line).optional() }),
          z.strictObject({ constant: scalar.nullable() }),
        ]),
      ),
    })
    .optional(),
  carried: z
    .record(z.string(), z.unknown())
    .refine(
      isCarriable,
      `is at most ${MAX_CARRIED_CHARS} characters of JSON, ${MAX_CARRIED_DEPTH} levels deep`,
    )
    .optional(),
})

/**
 * The contract in this JSON value.
 *
 * @throws {ContractError} `contract_invalid`, with the problems found: the first hundred of them.
 */
export function readContract(json: unknown): Contract {
  const tooLarge = extentProblem(withoutCarried(json), EXTENT)
  if (tooLarge) throw refusal('a contract', [tooLarge])
  if (hasProto(json, MAX_CARRIED_DEPTH))
    throw refusal('a contract', [{ path: '', problem: 'has a member __proto__; nothing is called that' }])
  const read = contractSchema.safeParse(json)
  if (!read.success)
    throw refusal(
      'a contract',
      read.error.issues
        .slice(0, MAX_PROBLEMS)
        .map((issue) => ({ path: issue.path.join('.'), problem: issue.message })),
    )
  const contract = read.data as unknown as Contract // names are checked against the fields below, as the compiler does for a literal
  const problems = findProblems(contract)
  if (problems.length > 0) throw refusal(contract.id, problems)
  return contract
}

const refusal = (id: string, problems: readonly ContractProblem[]): ContractError =>
  new ContractError(
    id,
    problems
      .slice(0, MAX_PROBLEMS)
      .map(({ path, problem }) => ({ path: clipped(path), problem: clipped(problem) })),
  )

const clipped = (text: string): string =>
  text.length <= MAX_PROBLEM_CHARS ? text : `${text.slice(0, MAX_PROBLEM_CHARS).toWellFormed()}…`

function measure<const S extends z.ZodRawShape>(shape: S) {
  return z.strictObject({ means: prose, ...shape })
}

function withoutCarried(json: unknown): unknown {
  if (json === null || typeof json !== 'object') return json
  return { ...json, carried: undefined }
}

function isCarriable(carried: Readonly<Record<string, unknown>>): boolean {
  return !isDeeper(carried, MAX_CARRIED_DEPTH) && JSON.stringify(carried).length <= MAX_CARRIED_CHARS
}

/** Looks no deeper than the limit: the value may be deeper than the stack. */
function isDeeper(value: unknown, levels: number): boolean {
  if (value === null || typeof value !== 'object') return false
  return levels === 0 || Object.values(value).some((member) => isDeeper(member, levels - 1))
}

/** A member of that name would be left out in silence, or worse, become the prototype of something. */
function hasProto(value: unknown, levels: number): boolean {
  if (value === null || typeof value !== 'object' || levels < 0) return false
  return (
    Object.hasOwn(value, '__proto__') || Object.values(value).some((member) => hasProto(member, levels - 1))
  )
}
