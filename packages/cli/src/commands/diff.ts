/** `mesh diff`: what a product's contract changes, whom that breaks, and whether its version says so. */
import { MeshError } from '../mesh-error.ts'
import type { WorkerConfig } from '../host/workers.ts'
import { contractsIn } from '../checkout/contracts.ts'
import { productWorker, productWorkers } from '../checkout/product-worker.ts'
import { annotations } from '../diff/annotations.ts'
import { diffDocument, diffMajors, type Earlier } from '../diff/majors.ts'
import { contractsAt } from '../diff/revision.ts'
import { diffText } from '../diff/text.ts'
import { printableJson } from '../terminal.ts'
import { fetchMajors } from '../mesh/registered.ts'
import { findTarget, type CommandContext } from '../mesh/target.ts'

/** Options of `mesh diff`. */
export interface DiffOptions {
  readonly url?: string
  /** A revision of git to compare with; default: what is registered. */
  readonly against?: string
  readonly format: 'text' | 'json' | 'github'
}

/**
 * Compares each major of the checkout's contract with the earlier one of the same major; a new major with the one before it.
 *
 * @throws {MeshError} `step_too_small` when a version says less than what changed, `unknown_product`,
 *   `unknown_revision`, `contract_unreadable`, and what asking the mesh throws.
 */
export async function diff(productId: string, options: DiffOptions, context: CommandContext): Promise<void> {
  const { terminal } = context
  const worker = productWorker(productId, productWorkers(context.root))
  const current = await contractsIn(worker.folder, worker)
  if (current.length === 0)
    throw new MeshError(
      'contract_unreadable',
      `The contract.ts of ${productId} exports no contract of that id.`,
      'Export what defineProduct() gives, each major by a name of its own.',
    )
  const { earlier, where } = await earlierOf(worker, options, context)
  const majors = diffMajors(earlier, current, new Date().toISOString().slice(0, 10))
  switch (options.format) {
    case 'json':
      terminal.out(`${printableJson(diffDocument(productId, where, majors))}\n`)
      break
    case 'github':
      terminal.out(annotations(majors, worker, context.root))
      break
    case 'text': {
      const isColoured = terminal.width !== undefined && !context.env['NO_COLOR']
      terminal.out(diffText(productId, where, majors, isColoured))
    }
  }
  const short = majors.filter(({ enough }) => !enough)
  if (short.length === 0) return
  throw new MeshError(
    'step_too_small',
    short
      .map(({ before, after, needed }) =>
        after === undefined
          ? `${productId} ${before?.version} would end before its end of life is over.`
          : `${productId} ${after.version} is too small a step from ${before?.version}: it takes ${needed}.`,
      )
      .join('\n'),
    'Make the changes as each finding says, or raise version in the contract.',
  )
}

async function earlierOf(
  worker: WorkerConfig,
  { against, url }: DiffOptions,
  context: CommandContext,
): Promise<{ earlier: readonly Earlier[]; where: string }> {
  if (against === undefined) {
    const { url: mesh } = findTarget(context, url)
    return { earlier: await fetchMajors(mesh, worker.id), where: `what is registered at ${mesh}` }
  }
  const { contracts, commit } = await contractsAt(against, worker, context.root)
  return {
    earlier: contracts.map((contract) => ({ contract, uses: undefined })),
    where: `revision ${commit.slice(0, 12)}`,
  }
}
