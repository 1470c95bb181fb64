/** The real purchase history, loaded as docs/real-data.md says. */
import { copyFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { shellBlocks } from '../tools/docs/documents.ts'
import { newStranger, root, type Started, type Stranger } from './stranger.ts'

// Real data stands beside the project where it is developed and checked; it is not part of it.
const history = join(root, '../shared/data/cdnow/CDNOW_master.txt')

describe.skipIf(!existsSync(history))(
  'real orders (skipped where ../shared/data/cdnow is not beside the project)',
  () => {
    let stranger: Stranger
    let mesh: Started
    beforeAll(async () => {
      stranger = newStranger()
      copyFileSync(history, join(stranger.folder, 'CDNOW_master.txt'))
      mesh = await stranger.start(blockOf('data-start'))
    }, 180_000)
    afterAll(() => stranger.leave())

    it('load with the documented command line, and again without a change', async () => {
      const printed = stranger.type(blockOf('data'))
      expect(printed).toMatch(/69,659 accepted, 0 repeated, 0 quarantined/)
      expect(printed).toMatch(/USD\s+69659\s+23570\s+250031563/)
      expect(stranger.type('npx pnpm mesh ingest purchase.orders orders.csv')).toMatch(
        /0 accepted, 69,659 repeated, 0 quarantined/,
      )
      const token = stranger.type('npx pnpm --silent mesh token purchase.orders 2>/dev/null').trim()
      const headers = { authorization: `Bearer ${token}`, prefer: 'count=exact' }
      const page = await fetch(`${mesh.url}/purchase/orders/v1/records?limit=1`, { headers })
      expect(await page.json()).toMatchObject({ total: 69_659 })
    }, 180_000)
  },
)

function blockOf(tag: string): string {
  const [block] = shellBlocks(root, tag)
  if (!block) throw new Error(`docs/real-data.md has no block ${tag}`)
  return block.text.trim()
}
