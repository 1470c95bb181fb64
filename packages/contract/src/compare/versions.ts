/** Version numbers: how far apart two are, and which comes next. */
import { ContractError } from '../definition/contract-error.ts'
import type { Contract } from '../definition/contract.ts'
import type { Step } from './finding.ts'

/**
 * How far a version went: the most significant number that changed. `backwards` when `to` is the smaller one.
 *
 * @throws {ContractError} `contract_invalid` for what is no version.
 */
export function stepBetween(from: string, to: string): Step | 'backwards' {
  const [was, is] = [partsOf(from), partsOf(to)]
  for (const part of ['major', 'minor', 'patch'] as const)
    if (was[part] !== is[part]) return is[part] > was[part] ? part : 'backwards'
  return 'none'
}

/**
 * The smallest version that is a step further: 1.4.2 and `minor` is 1.5.0.
 *
 * @throws {ContractError} `contract_invalid` for what is no version.
 */
export function nextVersion(version: string, step: Step): Contract['version'] {
  const { major, minor, patch } = partsOf(version)
  switch (step) {
    case 'major':
      return `${major + 1}.0.0`
    case 'minor':
      return `${major}.${minor + 1}.0`
    case 'patch':
      return `${major}.${minor}.${patch + 1}`
    case 'none':
      return `${major}.${minor}.${patch}`
  }
}

function partsOf(version: string): { major: number; minor: number; patch: number } {
  const [, major, minor, patch] = /^(\d{1,6})\.(\d{1,6})\.(\d{1,6})$/.exec(version) ?? []
  if (major === undefined)
    throw new ContractError('a contract', [
      { path: 'version', problem: `${JSON.stringify(version)} is not <major>.<minor>.<patch>` },
    ])
  return { major: Number(major), minor: Number(minor), patch: Number(patch) }
}
