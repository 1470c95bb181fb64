/** A terminal that remembers what was written. */
import type { Terminal } from '../src/terminal.ts'

/** The terminal, and what stands on it. */
export interface TerminalMemory extends Terminal {
  readonly written: { out: string; err: string }
}

/** `width` as of a terminal of that many columns; none as of a pipe. */
export function terminalMemory(width?: number, live = false): TerminalMemory {
  const written = { out: '', err: '' }
  return {
    written,
    width,
    live,
    out: (text) => void (written.out += text),
    err: (text) => void (written.err += text),
  }
}
