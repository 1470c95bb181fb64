/** A comparison as annotations of GitHub Actions: workflow commands, one a line on stdout. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { steps, type Finding } from '@meshloop/contract/compare'
import type { WorkerConfig } from '../host/workers.ts'
import { printable } from '../terminal.ts'
import type { MajorDiff } from './diff-majors.ts'
import { lineOf, startOf } from './diff-lines.ts'

/**
 * One annotation a finding, at the line of contract.ts that it is about. An `error` is what the version does not say.
 *
 * Source: GitHub Docs, "Workflow commands for GitHub Actions".
 */
export function annotations(majors: readonly MajorDiff[], worker: WorkerConfig, root: string): string {
  const files = sourcesIn(worker.folder)
  return majors.flatMap((major) => [...annotationsOf(major, files, worker.folder, root)]).join('')
}

interface Source {
  readonly name: string
  readonly text: string
}

/** contract.ts first: what it does not define itself, it exports from a neighbour. */
function sourcesIn(folder: string): readonly Source[] {
  const names = readdirSync(folder).filter((name) => /(?<!\.test)\.ts$/.test(name))
  return names
    .toSorted((a, b) => Number(b === 'contract.ts') - Number(a === 'contract.ts'))
    .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }))
}

function* annotationsOf(
  major: MajorDiff,
  files: readonly Source[],
  folder: string,
  root: string,
): Generator<string> {
  const { after, before, wouldBreak = [] } = major
  const source = files.find(({ text }) => startOf(text, after?.version) !== undefined) ?? files[0]
  const name = source?.name ?? 'contract.ts'
  const file = relative(root, join(folder, name)).split(sep).join('/')
  for (const finding of major.findings) {
    const consumers = wouldBreak
      .filter(({ findings }) => findings.includes(finding))
      .map(({ consumer }) => consumer)
    const lines = [
      `${finding.what}.`,
      ...(finding.remedy === undefined ? [] : [finding.remedy]),
      ...(consumers.length === 0 ? [] : [`Concerns ${consumers.join(', ')}.`]),
      `From ${before?.version} this takes a ${finding.step} step.`,
    ]
    const properties = {
      file,
      line: String(lineOf(source?.text ?? '', finding.path, after?.version)),
      title: `${finding.code}: ${finding.path}`,
    }
    yield command(levelOf(finding, major), properties, lines)
  }
}

function levelOf(finding: Finding, { taken, enough }: MajorDiff): 'error' | 'warning' | 'notice' {
  const isTold = enough || (taken !== undefined && taken !== 'backwards' && steps.indexOf(taken) >= steps.indexOf(finding.step)) // prettier-ignore
  if (!isTold) return 'error'
  return finding.step === 'major' ? 'warning' : 'notice'
}

function command(
  level: string,
  properties: Readonly<Record<string, string>>,
  lines: readonly string[],
): string {
  const all = Object.entries(properties).map(([name, value]) => `${name}=${inProperty(printable(value))}`)
  return `::${level} ${all.join(',')}::${inMessage(lines.map(printable).join('\n'))}\n`
}

const inMessage = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const inProperty = (text: string): string => inMessage(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
