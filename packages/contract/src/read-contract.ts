/** Reads a contract that arrives as JSON, from a product or a team's registration. Trusts nothing. */
import * as z from 'zod'
import { ContractError, findProblems } from './check.ts'
import type { Field } from './fields.ts'
import { kinds, type Kind } from './kinds.ts'
import type { Contract } from './product.ts'

/** Deeper documents are refused before they are looked at. The values of an enum in a struct in a list are seven deep. */
const MAX_DEPTH = 8

const line = z.string().min(1).max(200)
const prose = z.string().min(1).max(4_000)
const names = z.array(line).max(95)

const fieldSchema: z.ZodType<Field> = z.lazy(() =>
  z.strictObject({
    kind: z.enum(Object.keys(kinds) as [Kind, ...Kind[]]), // the table is not empty
    means: prose,
    nullable: z.boolean(),
    class: z.enum(['public', 'internal', 'personal', 'sensitive']),
    unit: line.optional(),
    of: z
      .string()
      .regex(/^[a-z0-9-]+\.[a-z0-9-]+#[a-z0-9_]+$/)
      .optional(),
    examples: z.array(z.unknown()).max(20).optional(),
    values: z.array(line).min(1).max(200).optional(),
    min: z.number().optional(),
    max: z.number().optional(),
    items: fieldSchema.optional(),
    fields: z.record(line, fieldSchema).optional(),
  }),
) as z.ZodType<Field> // exactOptionalPropertyTypes: Zod's optional members may be undefined, JSON's are absent

const contractSchema = z.strictObject({
  id: line,
  version: line,
  title: line,
  purpose: prose,
  limitations: prose.optional(),
  owner: z.strictObject({ team: line, support: line }),
  visibility: z.enum(['mesh', 'internal']).optional(),
  fields: z.record(line, fieldSchema),
  key: names.min(1),
  eventTime: line,
  versionBy: line.optional(),
  indexes: names.optional(),
  measures: z
    .record(
      line,
      z.union([measure({ count: z.literal(true) }), measure({ sum: line }), measure({ distinct: line })]),
    )
    .optional(),
  dimensions: names.optional(),
  rollups: z
    .array(z.strictObject({ by: names, measures: names }))
    .max(20)
    .optional(),
  freshness: line,
  retention: line.optional(),
  inputs: z
    .array(z.strictObject({ product: line, major: z.int().min(1) }))
    .max(20)
    .optional(),
  flags: z.strictObject({ set: z.string().regex(/^[a-z][a-z0-9-]{0,30}$/), subject: line }).optional(),
  gate: z.array(z.enum(['freshness', 'drift', 'quality'])).optional(),
  reintegration: z
    .strictObject({ decided_by: line, why: prose, risk: prose, review_by: z.iso.date() })
    .optional(),
})

/**
 * The contract in this JSON value.
 *
 * @throws {ContractError} `contract_invalid`, with every problem found.
 */
export function readContract(json: unknown): Contract {
  if (depthOf(json) > MAX_DEPTH)
    throw new ContractError('a contract', [
      { path: '', problem: `is nested deeper than ${MAX_DEPTH} levels` },
    ])
  const read = contractSchema.safeParse(json)
  const id = read.success ? read.data.id : 'a contract'
  if (!read.success)
    throw new ContractError(
      id,
      read.error.issues.map((issue) => ({ path: issue.path.join('.'), problem: issue.message })),
    )
  const contract = read.data as unknown as Contract // names are checked against the fields below, as the compiler does for a literal
  const problems = findProblems(contract)
  if (problems.length > 0) throw new ContractError(id, problems)
  return contract
}

function measure<const S extends z.ZodRawShape>(shape: S) {
  return z.strictObject({ means: prose, ...shape })
}

function depthOf(value: unknown, depth = 0): number {
  if (value === null || typeof value !== 'object' || depth > MAX_DEPTH) return depth
  return Object.values(value).reduce<number>(
    (deepest, member) => Math.max(deepest, depthOf(member, depth + 1)),
    depth,
  )
}
