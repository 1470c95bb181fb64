/** A grant: a consumer's approved right to read one major of one product, for a purpose; and the request that asks for one. */
import { clientIdSchema, productIdSchema, rowFiltersSchema, scopes } from '@meshloop/access/claims'
import { classes } from '@meshloop/contract'
import * as z from 'zod'

/** A source's right comes from its own credential, never from a grant. */
const grantable = scopes.filter((scope) => scope !== 'ingest')

/**
 * What is shown. Fields are said by their classes or by their names; by neither, all are shown. Classes follow the contract:
 * a field that it adds is shown if it is of one of them.
 */
export const shownSchema = z
  .strictObject({
    classes: z.array(z.enum(classes)).min(1).max(classes.length).nullable().default(null),
    columns: z.array(z.string().min(1).max(64)).min(1).max(100).nullable().default(null),
    rows: rowFiltersSchema.default([]),
  })
  .refine(({ classes: byClass, columns }) => byClass === null || columns === null, {
    error: 'says its fields by classes or by columns, not by both',
  })

/** What a grant shows, as owner and consumer say it; a token carries the view that it means under the contract of the moment. */
export type Shown = z.output<typeof shownSchema>

/** A greater quota is none: leave it out. */
export const mostRowsPerDay = 1_000_000_000_000

/** What a consumer asks for and an owner decides about. */
export const termsSchema = z.strictObject({
  /** `read`: records and all; `aggregate`: totals alone. None: no token; the right is another, such as a flag set's secret. */
  scopes: z.array(z.enum(grantable)).max(grantable.length).default(['read']),
  view: shownSchema.default({ classes: null, columns: null, rows: [] }),
  /** RFC 3339; null: until it is revoked. */
  ends_at: z.iso
    .datetime()
    .transform((time) => new Date(time).toISOString())
    .nullable()
    .default(null),
  /** Rows that D1 may read for the consumer on a day (UTC); null: no quota. */
  rows_per_day: z.int().min(1).max(mostRowsPerDay).nullable().default(null),
})

/** Terms of a request or a grant. */
export type Terms = z.output<typeof termsSchema>

/** Of whom and what. */
export const subjectSchema = z.strictObject({
  consumer: clientIdSchema,
  product: productIdSchema,
  major: z.int().min(1),
  purpose: z.string().trim().min(1).max(500),
})

/** Who reads what, and what for. */
export type Subject = z.output<typeof subjectSchema>

/** A grant as it is kept; `version` counts its changes, so that tokens of an earlier one can be told. */
export interface Grant extends Subject, Terms {
  readonly id: string
  readonly version: number
  readonly decided_by: string
  readonly created_at: string
  readonly updated_at: string
  readonly revoked_at: string | null
}

/** Why somebody refuses, changes or revokes; the other side reads it. */
export const reasonSchema = z.string().trim().min(1).max(500)

/** What became of a request. */
export const requestStates = ['waiting', 'approved', 'refused', 'withdrawn'] as const

/** One of {@link requestStates}. */
export type RequestState = (typeof requestStates)[number]

/** A request as it is kept. */
export interface AccessRequest extends Subject {
  readonly id: string
  readonly wants: Terms
  readonly state: RequestState
  readonly asked_by: string
  readonly asked_at: string
  readonly decided_by: string | null
  readonly decided_at: string | null
  /** What the owner said, for the consumer to read. */
  readonly reason: string | null
  /** Id of the grant that it became. */
  readonly granted: string | null
}

/** Whether a grant still holds at a moment (RFC 3339). */
export const holds = (grant: Pick<Grant, 'revoked_at' | 'ends_at'>, at: string): boolean =>
  grant.revoked_at === null && (grant.ends_at === null || grant.ends_at > at)
