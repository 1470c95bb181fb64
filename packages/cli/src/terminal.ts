/** Where commands write: results to `out`, everything else to `err`, so that results can be piped. */

/** The two streams of a command. */
export interface Terminal {
  out(text: string): void
  err(text: string): void
  /** Columns of `out`; undefined when it is no terminal, and nothing is cut. */
  readonly width: number | undefined
  /** True when a line on `err` can be written over: progress is shown. */
  readonly live: boolean
}

/** The terminal of this process. */
export const processTerminal = (): Terminal => ({
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  width: process.stdout.isTTY ? process.stdout.columns : undefined,
  live: process.stderr.isTTY,
})

/**
 * Text from data, made harmless: control characters could move the cursor or change what is seen, and GitHub's runner takes
 * `##[` anywhere in a line, and `::` at its beginning, for a command.
 */
export const printable = (text: string): string =>
  text
    .replaceAll(/[\p{Cc}\p{Bidi_Control}]/gu, '·')
    .replaceAll('##[', '##·')
    .replace(/^(\s*)::/, '$1··')

/** A value as JSON that is as harmless, and the same for programs. */
export const printableJson = (value: unknown, indent?: number): string =>
  JSON.stringify(value, undefined, indent)
    .replaceAll(/[\u007f-\u009f\p{Bidi_Control}]/gu, escaped)
    .replaceAll('##[', `##${escaped('[')}`)

const escaped = (sign: string): string => String.raw`\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`

/** Thousands with commas: 69,659. */
export const count = (n: number): string => n.toLocaleString('en-US')
