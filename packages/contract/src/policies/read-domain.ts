/** Reads what a domain says of itself: from its own file, or over the network. Trusts nothing. */
import * as z from 'zod'
import { durationMs } from '../definition/duration.ts'
import { extentProblem, type Extent } from '../check/extent.ts'
import { classes } from '../definition/fields.ts'
import { kinds, type Kind } from '../definition/kinds.ts'
import { DomainError } from './domain-error.ts'
import { contractMembers, fieldMembers, type DomainRules } from './domain-rules.ts'
import { isSupport, isTeam } from './reachable.ts'

const MOST_RULES = 50
/** Larger documents are refused before they are looked at. */
const EXTENT: Extent = { levels: 6, members: 100, values: 10_000 }
const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'is 1 to 63 of a-z, 0-9 and -, beginning with a letter')
const line = z.string().min(1).max(200)
const prose = z.string().min(1).max(2_000)
const part = z.string().min(1).max(63)

const selectorSchema = z
  .strictObject({
    // the table is not empty
    kinds: z
      .array(z.enum(Object.keys(kinds) as [Kind, ...Kind[]]))
      .min(1)
      .max(Object.keys(kinds).length),
    classes: z.array(z.enum(classes)).min(1).max(classes.length),
    names: z.array(part).min(1).max(100),
    startsWith: part,
    endsWith: part,
  })
  .partial()
  .refine((selector) => Object.keys(selector).length > 0, 'says which fields it is about')

const frame = {
  id: name,
  severity: z.enum(['warning', 'error']),
  reason: prose,
  remedy: prose,
}
const membersOf = <const M extends readonly [string, ...string[]]>(members: M) => ({
  require: z.array(z.enum(members)).min(1).max(members.length).optional(),
  forbid: z.array(z.enum(members)).min(1).max(members.length).optional(),
})
const ruleSchema = z.union(
  [
    z.strictObject({ ...frame, fields: selectorSchema, ...membersOf(fieldMembers) }),
    z
      .strictObject({ ...frame, ...membersOf(contractMembers) })
      .refine(({ require, forbid }) => require ?? forbid, 'says what a contract requires or forbids'),
  ],
  {
    error: `has id, severity, reason and remedy; with fields it may require or forbid ${fieldMembers.join(', ')}, without ${contractMembers.join(', ')}`,
  },
)

const schema = z.strictObject({
  domain: z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, 'is the first part of its products’ ids'),
  team: line.refine(isTeam, 'names the people who answer for its products'),
  support: line.refine(isSupport, 'is a mail address or an https URL'),
  limits: z
    .strictObject({
      personalRetention: z
        .string()
        .refine((text) => (durationMs(text) ?? 0) > 0, 'is a duration such as P365D'),
    })
    .partial()
    .optional(),
  rules: z
    .array(ruleSchema)
    .max(MOST_RULES)
    .refine((rules) => new Set(rules.map(({ id }) => id)).size === rules.length, 'have an id each')
    .optional(),
})

/**
 * What a domain says of itself, in this JSON value.
 *
 * @throws {DomainError} `domain_invalid`, with every problem found.
 */
export function readDomain(json: unknown): DomainRules {
  const tooLarge = extentProblem(json, EXTENT)
  if (tooLarge) throw new DomainError([tooLarge])
  const read = schema.safeParse(json)
  if (read.success) return read.data as DomainRules // exactOptionalPropertyTypes: Zod's optional members may be undefined
  throw new DomainError(
    read.error.issues.map((issue) => ({ path: issue.path.join('.'), problem: issue.message })),
  )
}
