/** `mesh contract import`: writes contracts from an Open Data Contract Standard document. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
import type { Contract } from '@meshloop/contract'
import {
  fromOdcs,
  OdcsError,
  type KeptPart,
  type OdcsImport,
  type OdcsOptions,
  type Reason,
} from '@meshloop/contract/documents'
import { contractFiles } from '../documents/contract-source.ts'
import { readYaml } from '../documents/read-yaml.ts'
import { MeshError } from '../mesh-error.ts'
import { printable } from '../terminal.ts'
import type { CommandContext } from '../mesh/target.ts'

/** Options of `mesh contract import`: what the document does not say. */
export interface ImportOptions extends Omit<OdcsOptions, 'key'> {
  /** Names of fields, joined by commas. */
  readonly key?: string
  /** Where `<domain>/<product>` is made. Default: workers. */
  readonly into?: string
}

/**
 * Writes a contract.ts for each table, and what it has no word for as carried.json beside it. Nothing is overwritten.
 *
 * @throws {MeshError} `document_refused`, `file_unreadable`, `file_exists`, `odcs_refused` with every reason; tables that
 *   are not refused are written before it.
 */
export async function importContract(
  file: string,
  { into, key, ...options }: ImportOptions,
  { root, terminal }: CommandContext,
): Promise<void> {
  const read = await readOdcs(file, { ...options, key: key?.split(',') })
  const folder = resolve(root, into ?? 'workers')
  const written = read.products.map(({ contract }) => filesOf(contract, folder))
  const present = written.flat().find(({ path }) => existsSync(path))
  if (present)
    throw new MeshError('file_exists', `${relative(root, present.path)} is there already, and stays as it is.`, 'Remove it first, or name another folder with --into.') // prettier-ignore
  for (const [index, { table, contract, kept }] of read.products.entries()) {
    for (const { path, text } of written[index] ?? []) {
      mkdirSync(resolve(path, '..'), { recursive: true })
      writeFileSync(path, text, { flag: 'wx' })
      terminal.out(`${relative(root, path)}\n`)
    }
    if (kept.length > 0)
      terminal.err(
        `${contract.id}, from ${printable(table)}: kept aside, and exported again:\n${keptLines(kept)}`,
      )
  }
  if (read.refused.length > 0)
    throw refusal(
      basename(file),
      read.refused.flatMap(({ table, reasons }) => [`${table}:`, ...reasons.map(withOption)]),
    )
}

async function readOdcs(file: string, options: OdcsOptions): Promise<OdcsImport> {
  const document = await readYaml(file)
  try {
    return fromOdcs(document, options)
  } catch (error) {
    if (!(error instanceof OdcsError)) throw error
    throw refusal(basename(file), error.reasons.map(withOption), error)
  }
}

/** A line a reason: hundreds of parts may have the same. */
function keptLines(kept: readonly KeptPart[]): string {
  const reasons = [...new Set(kept.map(({ reason }) => reason))]
  return reasons
    .map((reason) => {
      const paths = kept.filter((part) => part.reason === reason).map(({ path }) => printable(path))
      return `  ${printable(reason)}:\n${paths.map((path) => `    ${path}\n`).join('')}`
    })
    .join('')
}

const filesOf = (contract: Contract, folder: string): { readonly path: string; readonly text: string }[] =>
  Object.entries(contractFiles(contract)).map(([name, text]: readonly [string, string]) => ({
    path: join(folder, ...contract.id.split('.'), name),
    text,
  }))

const flags: Readonly<Record<NonNullable<Reason['option']>, string>> = {
  table: '--table',
  domain: '--domain',
  key: '--key',
  eventTime: '--event-time',
  addEventTime: '--add-event-time',
  freshness: '--freshness',
  team: '--team',
  support: '--support',
  purpose: '--purpose',
}

const withOption = ({ path, problem, option }: Reason): string =>
  `  ${path === '' ? '' : `${path}: `}${problem}${option === undefined ? '' : ` (${flags[option]})`}`

const refusal = (file: string, lines: readonly string[], cause?: unknown): MeshError =>
  new MeshError('odcs_refused', `${printable(file)} is refused:\n${lines.map(printable).join('\n')}`, undefined, { cause }) // prettier-ignore
