/** What `mesh check` found, for people, programs and pull requests. */
import { stops, type PolicyFinding } from '@meshloop/contract/policies'
import { printable, printableJson } from '../terminal.ts'
import type { ContractSources } from '../checkout/contract-place.ts'
import { annotation } from '../github-annotation.ts'

/** What was found of one contract. */
export interface Checked {
  readonly product: string
  readonly version: string
  readonly sources: ContractSources
  readonly findings: readonly PolicyFinding[]
}

/** How findings can be printed. */
export const outputFormats = ['text', 'json', 'github'] as const

/** How findings are printed. */
export type OutputFormat = (typeof outputFormats)[number]

/** All that is printed on stdout. */
export function formatFindings(checked: readonly Checked[], format: OutputFormat): string {
  switch (format) {
    case 'text':
      return [...checked.map(asText), summaryOf(checked)].join('\n') + '\n'
    case 'json':
      return `${printableJson({ checked: checked.map(asDocument) }, 2)}\n`
    case 'github':
      return checked.map(asAnnotations).join('')
  }
}

/** `5 contracts: 2 errors, 1 warning, 1 excused`. */
export function summaryOf(checked: readonly Checked[]): string {
  const findings = checked.flatMap((one) => one.findings)
  const excused = findings.filter((finding) => finding.excused)
  const errors = findings.filter(stops)
  const warnings = findings.length - excused.length - errors.length
  return `${counted(checked.length, 'contract')}: ${counted(errors.length, 'error')}, ${counted(warnings, 'warning')}, ${excused.length} excused`
}

const counted = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`

/**
 * What stops a registration comes first; a remedy that several findings share is said once, after the last of them. What comes
 * from contracts and exceptions cannot begin a line of its own.
 */
function asText({ product, version, findings }: Checked): string {
  const title = `${product} ${version}`
  if (findings.length === 0) return printable(`${title}: nothing found`)
  const ordered = findings.toSorted((a, b) => weightOf(a) - weightOf(b))
  const lines = ordered.flatMap((finding, index) => {
    const next = ordered[index + 1]
    const more = moreOf(finding)
    return [
      `  ${levelOf(finding)} ${finding.policy} at ${finding.path || 'the contract'}: ${finding.problem}`,
      ...(next && next.policy === finding.policy && moreOf(next) === more ? [] : [`    ${more}`]),
    ]
  })
  return [title, ...lines].map(printable).join('\n')
}

const moreOf = ({ excused, remedy }: PolicyFinding): string =>
  excused ? `excused until ${excused.expires} by ${excused.owner}: ${excused.reason}` : remedy

const weightOf = (finding: PolicyFinding): number => ['error', 'warning', 'excused'].indexOf(levelOf(finding))

const asDocument = ({ product, version, findings }: Checked): object => ({ product, version, findings })

const asAnnotations = ({ product, version, sources, findings }: Checked): string =>
  findings
    .map((finding) =>
      annotation({
        level: finding.excused ? 'notice' : finding.severity,
        ...sources.placeOf(finding.path, version),
        title: `${finding.policy}: ${product} ${version}`,
        message: [`${finding.path}: ${finding.problem}`, finding.remedy],
      }),
    )
    .join('')

const levelOf = ({ excused, severity }: PolicyFinding): string => (excused ? 'excused' : severity)
