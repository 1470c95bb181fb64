/** Runs what is due, once a minute. */
import { isDue } from './crons.ts'
import { STEWARD } from '../registration/clients.ts'
import type { WorkerConfig } from './workers.ts'

/** Crons that run by the clock. */
export interface Schedule {
  stop(): void
}

/**
 * Calls `run` for each Worker and cron that is due when a minute begins. A cron whose last run still goes on is left out.
 * `workers` is asked each time, since a reload may change them.
 */
export function startSchedule(
  workers: () => readonly WorkerConfig[],
  run: (worker: WorkerConfig, cron: string) => Promise<unknown>,
): Schedule {
  const going = new Set<string>()
  let timer: NodeJS.Timeout
  const minute = (): void => {
    for (const worker of stewardLast(workers()))
      for (const cron of worker.crons.filter((expression) => isDue(expression, new Date()))) {
        const key = `${worker.id} ${cron}`
        if (going.has(key)) continue
        going.add(key)
        void run(worker, cron).finally(() => going.delete(key))
      }
    wait()
  }
  const wait = (): void => {
    timer = setTimeout(minute, MINUTE_MS - (Date.now() % MINUTE_MS))
  }
  wait()
  return { stop: () => clearTimeout(timer) }
}

const MINUTE_MS = 60_000

/** Sources first say up to when they are complete: else flags would be a minute behind, signed on the claims of the last one. */
const stewardLast = (workers: readonly WorkerConfig[]): readonly WorkerConfig[] =>
  workers.toSorted((a, b) => Number(a.id === STEWARD) - Number(b.id === STEWARD))
