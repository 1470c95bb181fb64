/**
 * Zod is imported whole: `import * as z from 'zod'` bundles to 94 KiB, `import { z } from 'zod'` to 459 KiB, since the
 * named export is one object that no bundler takes apart. (oxlint's no-restricted-imports refuses both or neither.)
 */
import type { Rule } from './rule.ts'

/** Named types may be imported by name, they weigh nothing. */
export const wholeZod: Rule = {
  create: (context) => ({
    ImportDeclaration(node) {
      if (!/^zod(\/|$)/.test(node.source.value) || node.importKind === 'type') return
      const isWhole = node.specifiers.every(({ type }) => type === 'ImportNamespaceSpecifier')
      if (!isWhole) {
        context.report({
          node,
          message: "Write `import * as z from 'zod'`: by name it weighs five times as much.",
        })
      }
    },
  }),
}
