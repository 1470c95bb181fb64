/** Compatibility: what changed between two contracts, whom it breaks, and the version step that it takes. */
export { compareContracts } from './compare-contracts.ts'
export { affected } from './affected.ts'
export { judgeVersion } from './version-step.ts'
export { nextVersion, stepBetween } from './versions.ts'
export { steps } from './finding.ts'
export type { Affected } from './affected.ts'
export type { VersionStep } from './version-step.ts'
export type { Comparison, Effect, Finding, Step, Use } from './finding.ts'
