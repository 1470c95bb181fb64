/** Records as a table for a terminal. */
import { printable } from './terminal.ts'

type Row = Readonly<Record<string, unknown>>

const GAP = '  '
const MIN_WIDTH = 6

/**
 * Lines with a head, columns in the order of the first rows that have them, numbers to the right, null as –.
 * With a `width` the widest columns are cut until the line fits; what still does not fit is left out.
 */
export function table(rows: readonly Row[], width?: number): string {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const columns = names.map((name) => ({
    right: rows.every(
      (row) => row[name] === null || row[name] === undefined || typeof row[name] === 'number',
    ),
    cells: [printable(name), ...rows.map((row) => cell(row[name]))],
  }))
  const widths = fit(
    columns.map(({ cells }) => Math.max(...cells.map((text) => text.length))),
    width,
  )
  const lines = ['', ...rows].map((_, line) =>
    columns
      .slice(0, widths.length)
      .map(({ cells, right }, column) => pad(cells[line] ?? '', widths[column] ?? 0, right))
      .join(GAP)
      .trimEnd(),
  )
  return `${lines.join('\n')}\n`
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return '–'
  return printable(typeof value === 'string' ? value : JSON.stringify(value))
}

function pad(text: string, width: number, right: boolean): string {
  const shown = text.length > width ? `${text.slice(0, width - 1)}…` : text
  return right ? shown.padStart(width) : shown.padEnd(width)
}

/** Widths that fit into `width`: the widest column gives way first, and when none can, the last one goes. */
function fit(wanted: readonly number[], width = Number.POSITIVE_INFINITY): readonly number[] {
  const widths = [...wanted]
  const total = (): number => widths.reduce((sum, each) => sum + each + GAP.length, -GAP.length)
  while (total() > width && widths.length > 1) {
    const widest = Math.max(...widths)
    if (widest > MIN_WIDTH) widths[widths.lastIndexOf(widest)] = widest - 1
    else widths.pop()
  }
  return widths
}
