/** What a policy is tried with. */
import type { Contract } from '../../src/index.ts'
import type { MeshView } from '../../src/policies/index.ts'

/** Contracts that keep a policy, and contracts that break it, with the paths that are found. */
export interface Cases {
  readonly keeps: readonly { readonly what: string; readonly contract: Contract; readonly mesh?: MeshView }[]
  readonly breaks: readonly {
    readonly what: string
    readonly contract: Contract
    readonly paths: readonly string[]
    readonly mesh?: MeshView
  }[]
}
