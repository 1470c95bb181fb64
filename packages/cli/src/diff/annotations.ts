/** A comparison as annotations of a pull request. */
import { steps, type Finding } from '@meshloop/contract/compare'
import type { WorkerConfig } from '../host/workers.ts'
import { sourcesIn, type ContractSources } from '../checkout/contract-place.ts'
import type { MajorDiff } from './majors.ts'
import { annotation } from '../github-annotation.ts'

/** One annotation a finding, at the line of contract.ts that it is about. An `error` is what the version does not say. */
export function annotations(majors: readonly MajorDiff[], worker: WorkerConfig, root: string): string {
  const sources = sourcesIn(worker.folder, root)
  return majors.flatMap((major) => [...annotationsOf(major, sources)]).join('')
}

function* annotationsOf(major: MajorDiff, sources: ContractSources): Generator<string> {
  const { after, before, wouldBreak = [] } = major
  for (const finding of major.findings) {
    const consumers = wouldBreak
      .filter(({ findings }) => findings.includes(finding))
      .map(({ consumer }) => consumer)
    const message = [
      `${finding.what}.`,
      ...(finding.remedy === undefined ? [] : [finding.remedy]),
      ...(consumers.length === 0 ? [] : [`Concerns ${consumers.join(', ')}.`]),
      `From ${before?.version} this takes a ${finding.step} step.`,
    ]
    yield annotation({
      level: levelOf(finding, major),
      ...sources.placeOf(finding.path, after?.version),
      title: `${finding.code}: ${finding.path}`,
      message,
    })
  }
}

function levelOf(finding: Finding, { taken, enough }: MajorDiff): 'error' | 'warning' | 'notice' {
  const isTold = enough || (taken !== undefined && taken !== 'backwards' && steps.indexOf(taken) >= steps.indexOf(finding.step)) // prettier-ignore
  if (!isTold) return 'error'
  return finding.step === 'major' ? 'warning' : 'notice'
}
