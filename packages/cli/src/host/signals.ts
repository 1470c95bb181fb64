/** Who decides what a signal does. */

/** Signals that end a program in order. */
export const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Runs `start` and takes away the signal handlers that it leaves behind: Miniflare's ends the process at once, before
 * the mesh could end what it runs and give its state free.
 */
export async function keepingSignals<T>(start: () => Promise<T>): Promise<T> {
  const before = new Map(endingSignals.map((signal) => [signal, new Set(process.listeners(signal))]))
  const started = await start()
  for (const signal of endingSignals)
    for (const listener of process.listeners(signal))
      if (!before.get(signal)?.has(listener)) process.off(signal, listener)
  return started
}
