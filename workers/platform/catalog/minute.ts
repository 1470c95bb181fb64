/** What the catalog does once a minute, by itself. */
import { keepCheckpoint } from './audit/checkpoint.ts'
import { forgetAssertions } from './clients/authenticate-assertion.ts'
import { auditKeyUses } from './clients/key-uses.ts'
import type { CatalogEnv, Chore, World } from './env.ts'
import { tellEndings } from './grants/ending.ts'
import { deliverDue } from './notices/deliver.ts'
import { forgetNotices } from './notices/forget.ts'
import { forgetSessions } from './people/sessions.ts'

const chores: readonly Chore[] = [
  forgetSessions,
  forgetAssertions,
  auditKeyUses,
  keepCheckpoint,
  tellEndings,
  deliverDue,
  forgetNotices,
]

/** Does all chores; one that fails does not keep another from being done. @throws the first failure, after all were tried. */
export async function doChores(env: CatalogEnv, world: World): Promise<void> {
  const outcomes = await Promise.allSettled(chores.map((chore) => chore(env, world)))
  const failure = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failure) throw failure.reason
}
