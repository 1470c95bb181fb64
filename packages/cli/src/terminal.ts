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

/** Text from data, made harmless: control characters could move the cursor or change what is seen. */
export const printable = (text: string): string => text.replaceAll(/[\p{Cc}\p{Bidi_Control}]/gu, '·')

/** Thousands with commas: 69,659. */
export const count = (n: number): string => n.toLocaleString('en-US')
