/**
 * Refuses file names that say nothing. A stranger guesses the file from the symbol, and nobody guesses `utils`; such a
 * file only grows.
 */
import { basename } from 'node:path'
import type { Rule } from './rule.ts'

const empty = new Set(['util', 'utils', 'helper', 'helpers', 'common', 'misc', 'shared', 'stuff', 'lib'])

/** Looks at each word of the file's name, so that `date-utils.ts` is refused too. */
export const fileNames: Rule = {
  create: (context) => ({
    Program(node) {
      const words = basename(context.filename).split(/[.-]/)
      const word = words.find((each) => empty.has(each))
      if (word === undefined) return
      context.report({
        node,
        message: `"${word}" says nothing about what is in this file: name it after the one concept that it holds.`,
      })
    },
  }),
}
