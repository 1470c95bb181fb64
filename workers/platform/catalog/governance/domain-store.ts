/** What the domains say of themselves: one row each, as it came with a registration. */
import type { DomainRules } from '@meshloop/contract/policies'

/** Makes the domain's rules what they shall be. The same again changes nothing. */
export async function putDomain(
  db: D1Database,
  rules: DomainRules,
  { by, at }: { readonly by: string; readonly at: string },
): Promise<void> {
  await db
    .prepare(
      `INSERT INTO domains (domain, rules, updated_by, updated_at) VALUES (?1, ?2, ?3, ?4)
       ON CONFLICT (domain) DO UPDATE SET rules = excluded.rules, updated_by = excluded.updated_by,
         updated_at = excluded.updated_at
       WHERE rules <> excluded.rules`,
    )
    .bind(rules.domain, JSON.stringify(rules), by, at)
    .run()
}

/** What a domain says of itself; undefined if it has said nothing. */
export async function findDomain(db: D1Database, domain: string): Promise<DomainRules | undefined> {
  const row = await db
    .prepare('SELECT rules FROM domains WHERE domain = ?1')
    .bind(domain)
    .first<{ rules: string }>()
  return row ? rulesOf(row) : undefined
}

/** All domains that have said something, at most 500. */
export async function listDomains(db: D1Database): Promise<readonly DomainRules[]> {
  const { results } = await db
    .prepare('SELECT rules FROM domains ORDER BY domain LIMIT 500')
    .all<{ rules: string }>()
  return results.map(rulesOf)
}

// Written by putDomain, from what readDomain accepted.
const rulesOf = ({ rules }: { readonly rules: string }): DomainRules => JSON.parse(rules) as DomainRules
