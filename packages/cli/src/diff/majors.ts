/** Majors side by side: which contract is compared with which, and whether the step between their versions is enough. */
import { majorOf, type Contract } from '@meshloop/contract'
import {
  affected,
  compareContracts,
  judgeVersion,
  type Affected,
  type Comparison,
  type Finding,
  type Step,
  type Use,
} from '@meshloop/contract/compare'

/** A contract that others rely on. */
export interface Earlier {
  readonly contract: Contract
  /** Who reads it; undefined where that is not known. */
  readonly uses: readonly Use[] | undefined
}

/** One major of the checkout against the earlier one, or an earlier one that is gone. */
export interface MajorDiff extends Comparison {
  /** Undefined for a product that is new. */
  readonly before: Contract | undefined
  /** Undefined for a major that is gone. */
  readonly after: Contract | undefined
  readonly taken: Step | 'backwards' | undefined
  /** The smallest version that says what changed. */
  readonly needed: string | undefined
  readonly enough: boolean
  /** Who would break, or has to move before the older major ends; undefined where nobody knows. */
  readonly wouldBreak: readonly Affected[] | undefined
}

/** Majors in order. `today` is YYYY-MM-DD: a major whose end of life is over may go. */
export function diffMajors(
  earlier: readonly Earlier[],
  current: readonly Contract[],
  today: string,
): readonly MajorDiff[] {
  const ordered = earlier.toSorted((a, b) => majorOf(b.contract) - majorOf(a.contract))
  const kept = current.map((after) => {
    const before = ordered.find(({ contract }) => majorOf(contract) <= majorOf(after))
    return diffMajor(before && withRenames(before, after, current), after)
  })
  const gone = ordered
    .filter(({ contract }) => current.every((after) => majorOf(after) !== majorOf(contract)))
    .map((one) => removedMajor(one, today))
  return [...gone, ...kept]
}

/** What the checkout says of an older major's names holds for the earlier contract of that major too. */
function withRenames(before: Earlier, after: Contract, current: readonly Contract[]): Earlier {
  const { projects } = current.find((one) => majorOf(one) === majorOf(before.contract)) ?? {}
  return before.contract.projects || projects?.major !== majorOf(after)
    ? before
    : { ...before, contract: { ...before.contract, projects } }
}

function diffMajor(before: Earlier | undefined, after: Contract): MajorDiff {
  if (!before) return { ...nothing, before: undefined, after, taken: undefined, needed: undefined, enough: true, wouldBreak: undefined } // prettier-ignore
  const comparison = compareContracts(before.contract, after)
  const { taken, needed, isEnough } = judgeVersion(before.contract, after, comparison.findings)
  return {
    ...comparison,
    before: before.contract,
    after,
    taken,
    needed,
    enough: isEnough,
    wouldBreak: before.uses && affected(comparison, before.uses),
  }
}

const nothing: Comparison = { findings: [], step: 'none', readers: 'compatible', sources: 'compatible' }

function removedMajor({ contract, uses }: Earlier, today: string): MajorDiff {
  const { endOfLife } = contract.lifecycle ?? {}
  const findings: readonly Finding[] = [
    {
      code: 'major_removed',
      path: 'version',
      what: `major ${majorOf(contract)} is no longer served; the end of its life is ${endOfLife ?? 'not announced'}`,
      readers: 'breaks',
      sources: 'breaks',
      step: 'major',
      remedy:
        'Keep exporting its contract from contract.ts, served by a projection, until the end of life that it has announced.',
    },
  ]
  return {
    findings,
    step: 'major',
    readers: 'breaks',
    sources: 'breaks',
    before: contract,
    after: undefined,
    taken: undefined,
    needed: undefined,
    // It answers on its last day too.
    enough: endOfLife !== undefined && endOfLife < today,
    wouldBreak: uses && affected({ findings }, uses),
  }
}

/** The comparison as JSON for other programs. */
export const diffDocument = (product: string, against: string, majors: readonly MajorDiff[]): object => ({
  product,
  against,
  enough: majors.every(({ enough }) => enough),
  majors: majors.map(({ before, after, taken, needed, wouldBreak, ...rest }) => ({
    before: before?.version ?? null,
    after: after?.version ?? null,
    step_taken: taken ?? null,
    needed_version: needed ?? null,
    ...rest,
    would_break:
      wouldBreak?.map(({ consumer, findings }) => ({
        consumer,
        findings: findings.map(({ code, path }) => ({ code, path })),
      })) ?? null,
  })),
})
