/** A comparison for people at a terminal, the heaviest findings first. */
import { styleText } from 'node:util'
import { steps, type Finding } from '@meshloop/contract/compare'
import { printable } from '../terminal.ts'
import type { MajorDiff } from './majors.ts'

/** Lines for all majors; coloured only for a terminal. */
export function diffText(
  product: string,
  where: string,
  majors: readonly MajorDiff[],
  isColoured: boolean,
): string {
  const paint: Paint = (style, text) =>
    isColoured ? styleText(style, text, { validateStream: false }) : text
  return majors.map((major) => majorText(product, where, major, paint)).join('\n')
}

type Paint = (style: 'red' | 'yellow' | 'green' | 'bold' | 'dim', text: string) => string

const colours = { major: 'red', minor: 'yellow', patch: 'dim', none: 'dim' } as const

function majorText(product: string, where: string, major: MajorDiff, paint: Paint): string {
  const { before, after, findings } = major
  const versions = [before?.version ?? 'new', after?.version ?? 'gone'].join(' → ')
  const width = Math.max(...findings.map(({ path }) => printable(path).length), 0)
  const lines = [
    `${paint('bold', `${product} ${versions}`)}  against ${printable(where)}`,
    '',
    ...findings
      .toSorted((a, b) => steps.indexOf(b.step) - steps.indexOf(a.step))
      .flatMap((finding) => findingLines(finding, width, paint)),
    ...(findings.length > 0 ? [''] : []),
    ...breakLines(major),
    verdict(major, paint),
  ]
  return `${lines.join('\n')}\n`
}

function findingLines(finding: Finding, width: number, paint: Paint): readonly string[] {
  const { path, what, remedy, step } = finding
  const head = `${paint(colours[step], step.padEnd(5))}  ${printable(path).padEnd(width)}  ${sides(finding)}`
  const more = remedy === undefined ? [] : [`Instead: ${printable(remedy)}`]
  return [head, ...[printable(what), ...more].map((line) => `       ${line}`)]
}

function sides({ readers, sources }: Finding): string {
  const broken = [...(readers === 'breaks' ? ['readers'] : []), ...(sources === 'breaks' ? ['sources'] : [])]
  if (broken.length > 0) return `${broken.join(' and ')} break`
  return readers === 'notice' || sources === 'notice' ? 'worth telling' : 'breaks nobody'
}

function breakLines({ wouldBreak, before, after, readers }: MajorDiff): readonly string[] {
  if (wouldBreak === undefined)
    return readers === 'breaks' ? ['Who reads it is known where it is registered: see --url.', ''] : []
  if (wouldBreak.length === 0) return []
  const isNewMajor = after !== undefined && before?.version.split('.')[0] !== after.version.split('.')[0]
  const width = Math.max(...wouldBreak.map(({ consumer }) => printable(consumer).length))
  return [
    isNewMajor ? `Have to change before they move from ${before?.version}:` : 'Would break:',
    ...wouldBreak.map(
      ({ consumer, findings }) =>
        `  ${printable(consumer).padEnd(width)}  ${[...new Set(findings.map(({ path }) => printable(path)))].join(', ')}`,
    ),
    '',
  ]
}

function verdict({ before, after, step, needed, enough }: MajorDiff, paint: Paint): string {
  if (before === undefined) return paint('green', 'New: there is nothing to compare it with.')
  if (after === undefined)
    return enough ? paint('green', 'Its life has ended.') : paint('red', 'Its life has not ended.')
  if (!enough) return paint('red', `Takes ${needed}; the contract says ${after.version}.`)
  return paint('green', step === 'none' ? 'Nothing changed.' : `Takes ${needed}; ${after.version} is enough.`)
}
