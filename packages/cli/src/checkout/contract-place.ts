/** Where in a product's source something is said: the file and the line that an annotation stands at. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { lineOf, startOf } from './contract-lines.ts'

/** The files of a product that its contracts may be in. */
export interface ContractSources {
  /** The place of a path such as `fields.status` in the contract of that version. `file` is relative to the checkout. */
  placeOf(path: string, version: string | undefined): { readonly file: string; readonly line: number }
}

/** Reads them: contract.ts first, what it does not define itself it exports from a neighbour. */
export function sourcesIn(folder: string, root: string): ContractSources {
  const files = readdirSync(folder)
    .filter((name) => /(?<!\.test)\.ts$/.test(name))
    .toSorted((a, b) => Number(b === 'contract.ts') - Number(a === 'contract.ts'))
    .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }))
  return {
    placeOf(path, version) {
      const source = files.find(({ text }) => startOf(text, version) !== undefined) ?? files[0]
      const file = relative(root, join(folder, source?.name ?? 'contract.ts'))
      return { file: file.split(sep).join('/'), line: lineOf(source?.text ?? '', path, version) }
    },
  }
}
