/** The catalog as it is deployed has no development sign-in; the one for `mesh dev` has, so that the check can fail. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { developmentComplaints } from './development.ts'
import { dryRun } from './dry-run.ts'
import { workerFolders } from './folders.ts'

const root = join(import.meta.dirname, '../..')

test.each([
  ['index.ts', []],
  ['local.ts', [expect.stringContaining('Development sign-in')]],
])('what would be deployed from %s', async (entry, complaints) => {
  const catalog = workerFolders(root).find(({ name }) => name === 'platform-catalog')
  if (!catalog) throw new Error('there is no catalog')
  const { name, text } = await dryRun(catalog, join(catalog.folder, entry))
  expect(developmentComplaints(name, text)).toEqual(complaints)
})
