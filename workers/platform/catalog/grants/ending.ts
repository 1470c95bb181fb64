/** Tells both sides when a grant comes to its end, so that whoever still needs it asks in time. */
import type { CatalogEnv, World } from '../env.ts'
import { noticeStatements } from '../notices/notice.ts'
import { domainOf } from '../products/product.ts'
import { grantColumns, grantOf } from './grant-store.ts'
import type { Grant } from './grant.ts'

/** It is told so many days before, each once. */
const leadDays = [14, 1] as const

/** So many are told in one run; the next run goes on. */
const maxTold = 50

/** A chore: may run twice or be cut short, and tells each grant's end once for each lead. */
export async function tellEndings({ DB: db }: CatalogEnv, { now }: World): Promise<void> {
  const at = new Date(now()).toISOString()
  for (const days of leadDays) {
    for (const grant of await endingIn(db, days, now())) {
      const { id, version, consumer, product, major, ends_at } = grant
      const notice = {
        type: 'grant.ending',
        data: { grant: id, version, consumer, product, major, ends_at },
        to: { domains: [domainOf(product)], consumers: [consumer] },
      } as const
      try {
        await db.batch([...noticeStatements({ db, at, newId: () => nameOf(grant, days) }, notice)])
      } catch (error) {
        if (!isTold(error)) throw error
      }
    }
  }
}

/** The notice's id, after its `msg_`, says of which end it tells: two runs at once cannot both write it. */
const nameOf = ({ id, ends_at }: Pick<Grant, 'id' | 'ends_at'>, days: number): string =>
  `ending-${days}-${id}-${ends_at}`

const isTold = (error: unknown): boolean =>
  error instanceof Error && error.message.includes('UNIQUE constraint failed: notices.id')

/** Grants that end within so many days and were not told of it; what was granted for less is not told at all. */
async function endingIn(db: D1Database, days: number, now: number): Promise<readonly Grant[]> {
  const { results } = await db
    .prepare(
      `SELECT ${grantColumns} FROM grants
       WHERE revoked_at IS NULL AND ends_at > ?1 AND ends_at <= ?2
         AND updated_at < strftime('%Y-%m-%dT%H:%M:%fZ', ends_at, ?3)
         AND NOT EXISTS (SELECT 1 FROM notices WHERE notices.id = 'msg_ending-' || ?4 || '-' || grants.id || '-' || ends_at)
       ORDER BY ends_at LIMIT ${maxTold}`,
    )
    .bind(
      new Date(now).toISOString(),
      new Date(now + days * 86_400_000).toISOString(),
      `-${days} days`,
      String(days),
    )
    .all<Parameters<typeof grantOf>[0]>()
  return results.map(grantOf)
}
