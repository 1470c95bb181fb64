/** The `mesh` command of this process. */
import { endingSignals } from './host/signals.ts'
import { findRoot } from './host/workers.ts'
import { run } from './program.ts'
import { processTerminal } from './terminal.ts'

const stop = new AbortController()
for (const signal of endingSignals) process.on(signal, () => stop.abort())

process.exitCode = await run(process.argv.slice(2), {
  root: findRoot(process.cwd()),
  env: process.env,
  terminal: processTerminal(),
  stop: stop.signal,
})
