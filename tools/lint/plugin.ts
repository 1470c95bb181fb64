/** The house rules that oxlint does not bring: who imports whom, what a file may be called, what an export must say. */
import { docstrings } from './docstrings.ts'
import { fileNames } from './file-names.ts'
import { layers } from './layers.ts'
import { wholeZod } from './whole-zod.ts'

export default {
  meta: { name: 'meshloop' },
  rules: { layers, 'file-names': fileNames, 'whole-zod': wholeZod, docstrings },
}
