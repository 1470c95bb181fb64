/**
 * Every file begins with the sentence that says what it is, and every export says what it does. Units, defaults and codes
 * are for the reviewer; that nothing is said at all is for the linter.
 */
import type { Rule } from './rule.ts'

/** An overloaded function needs one docstring; `export … from` and default exports (Workers, configs) need none. */
export const docstrings: Rule = {
  create(context) {
    const source = context.sourceCode
    const documented = new Set<string>()
    return {
      Program(node) {
        const first = source.getAllComments()[0]
        const opensWithSentence =
          first !== undefined &&
          first.value.startsWith('*') &&
          source.text.slice(0, first.start).trim() === ''
        if (opensWithSentence) return
        context.report({
          node,
          message: 'Begin the file with a /** sentence */ that says what it is and why.',
        })
      },
      ExportNamedDeclaration(node) {
        if (node.declaration === null) return
        const names = namesOf(node.declaration)
        const hasDocstring = source.getCommentsBefore(node).at(-1)?.value.startsWith('*') === true
        if (hasDocstring) names.forEach((name) => documented.add(name))
        if (names.every((name) => documented.has(name))) return
        context.report({ node, message: `Say in a /** docstring */ what ${names.join(', ')} is for.` })
      },
    }
  },
}

type ExportNamed = Parameters<NonNullable<ReturnType<Rule['create']>['ExportNamedDeclaration']>>[0]

function namesOf(declaration: NonNullable<ExportNamed['declaration']>): string[] {
  if (declaration.type === 'VariableDeclaration') {
    return declaration.declarations.map(({ id }) => (id.type === 'Identifier' ? id.name : 'this'))
  }
  return 'id' in declaration && declaration.id?.type === 'Identifier' ? [declaration.id.name] : ['this']
}
