/** oxlint's type of a rule; the package names it only as what its tester takes. */
import type { RuleTester } from 'oxlint/plugins-dev'

/** A rule that makes one visitor a file. */
export type Rule = Extract<Parameters<RuleTester['run']>[1], { create: unknown; createOnce?: never }>
