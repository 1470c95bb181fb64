/** Text of contracts in Markdown: data, and nothing that Markdown reads. */

/**
 * On one line, with every sign escaped that could make it markup, a link, a table's border, a heading, a fence or an entity.
 * CommonMark lets every ASCII punctuation be escaped.
 */
export function text(value: string): string {
  return value
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[\\`*_[\]<>|#~&!$^]/g, (sign) => `\\${sign}`)
    .replace(/^([-+=]|\d+[.)](?= |$))/, (sign) => `${sign.slice(0, -1)}\\${sign.slice(-1)}`)
}

/** A table: a heading for each column, and rows of finished cells. */
export const table = (columns: readonly string[], rows: readonly (readonly string[])[]): readonly string[] =>
  rows.length === 0
    ? []
    : [
        `| ${columns.join(' | ')} |`,
        `|${columns.map(() => '---').join('|')}|`,
        ...rows.map((cells) => `| ${cells.join(' | ')} |`),
        '',
      ]

/** A document from its lines. */
export const lines = (all: readonly string[]): string =>
  `${all
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()}\n`
