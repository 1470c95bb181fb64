/** A line that is written over while something goes on; silent where there is no terminal. */
import type { Terminal } from './terminal.ts'

/** Progress of one task. */
export interface Progress {
  /** `done` of `total` in any unit; `text` stands behind the bar. */
  show(done: number, total: number, text: string): void
  /** Takes the line away. */
  end(): void
}

const BAR_WIDTH = 24
const EVERY_MS = 100

/** Progress with `title` in front. `now`: milliseconds, so that not every call draws. */
export function startProgress(terminal: Terminal, title: string, now: () => number = Date.now): Progress {
  let drawnAt = 0
  return {
    show(done, total, text) {
      if (!terminal.live || now() - drawnAt < EVERY_MS) return
      drawnAt = now()
      const part = total > 0 ? Math.min(1, done / total) : 0
      const bar = '━'.repeat(Math.round(part * BAR_WIDTH)).padEnd(BAR_WIDTH, '┄')
      terminal.err(`\r\x1b[K${title} ${bar} ${String(Math.round(part * 100)).padStart(3)} % ${text}`)
    },
    end() {
      if (terminal.live && drawnAt > 0) terminal.err('\r\x1b[K')
    },
  }
}
