/**
 * The documentation is true: examples compile, command lines are run by somebody, links lead somewhere. A document that is
 * wrong once is not believed again, and nobody notices by reading it.
 */
import { join } from 'node:path'
import { conclude } from './conclude.ts'
import { documents } from './docs/documents.ts'
import { exampleComplaints } from './docs/examples.ts'
import { linkComplaints } from './docs/links.ts'
import { shellComplaints } from './docs/shell.ts'

const root = join(import.meta.dirname, '..')
const all = documents(root)
const blocks = all.flatMap((document) => document.blocks)
const links = all.flatMap((document) => document.links)

conclude(`${all.length} documents with ${blocks.length} blocks and ${links.length} links are true`, [
  ...exampleComplaints(all, root),
  ...shellComplaints(all, root),
  ...linkComplaints(all, root),
])
