/** What the audit log and the notices say of requests and grants. */
import type { Deed } from '../audit/act.ts'
import type { AuditedAct } from '../audit/entry.ts'
import type { NoticeType } from '../notices/notice.ts'
import { domainOf } from '../products/product.ts'
import type { AccessRequest, Grant, Subject, Terms } from './grant.ts'

/** An act on a grant or a request. */
export interface Told {
  readonly what: AuditedAct
  /** Who did it, as the audit log names actors. */
  readonly by: string
  /** Without one nobody is told but the log. */
  readonly notice?: NoticeType
  readonly request?: AccessRequest
  readonly grant?: Grant
  /** The grant as it was before. */
  readonly before?: Grant | null
  readonly reason?: string | null
}

/** The deed of the act: statements, entry, and a notice to both sides. The log has the terms, before and after, and what for. */
export function deedOf(subject: Subject, told: Told, statements: readonly D1PreparedStatement[]): Deed {
  const { what, by, notice, request, grant, before, reason } = told
  const { consumer, product, major, purpose } = subject
  const ids = {
    consumer,
    product,
    major,
    ...(request ? { request: request.id } : {}),
    ...(grant ? { grant: grant.id, version: grant.version } : {}),
    ...(reason ? { reason } : {}),
  }
  const terms = {
    ...(request ? { asked_by: request.asked_by, wants: request.wants } : {}),
    ...(grant ? { terms: termsOf(grant) } : {}),
    ...(before ? { before: { ...termsOf(before), purpose: before.purpose } } : {}),
  }
  return {
    what,
    by,
    about: { ...ids, purpose, ...terms },
    statements,
    notices: notice
      ? [
          {
            type: notice,
            // Purposes are written by people and may name some; whoever is told reads them at the catalog.
            data: { ...ids, ends_at: grant?.ends_at ?? request?.wants.ends_at ?? null },
            to: { domains: [domainOf(product)], consumers: [consumer] },
          },
        ]
      : [],
  }
}

/** The terms of a grant. */
export const termsOf = ({ scopes, view, ends_at, rows_per_day }: Terms): Terms => ({
  scopes,
  view,
  ends_at,
  rows_per_day,
})
