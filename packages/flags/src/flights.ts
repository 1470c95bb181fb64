/** Single flight with a limit on waiting: who asks for what is already under way joins it. */

/** What a flight brought, or that it is late. */
export type Landed<T> = { readonly late: false; readonly value: T } | { readonly late: true }

/** Flights under way, by name. */
export interface Flights<T> {
  /**
   * Joins the flight of this name or starts it, and waits at most the time limit. A late flight goes on, but
   * nobody joins it any more: on Workers it may belong to a request that was cancelled and never land.
   */
  run(name: string, start: () => Promise<T>): Promise<Landed<T>>
}

/** Calls back after a time, unless the returned function is called before. */
export type Timer = (afterMs: number, act: () => void) => () => void

/** The runtime's own timer. */
export const systemTimer: Timer = (afterMs, act) => {
  const timer = setTimeout(act, afterMs)
  return () => clearTimeout(timer)
}

/** How long each caller waits at most. */
export interface WaitLimit {
  readonly timeoutMs: number
  readonly timer: Timer
}

/** Makes flights of one kind. */
export function createFlights<T>({ timeoutMs, timer }: WaitLimit): Flights<T> {
  const underWay = new Map<string, Promise<T>>()

  function forget(name: string, flight: Promise<T>) {
    if (underWay.get(name) === flight) underWay.delete(name)
  }

  function begin(name: string, start: () => Promise<T>): Promise<T> {
    const flight: Promise<T> = start().finally(() => forget(name, flight))
    underWay.set(name, flight)
    return flight
  }

  return {
    async run(name, start) {
      const flight = underWay.get(name) ?? begin(name, start)
      let stop = () => {}
      const late = new Promise<Landed<T>>((resolve) => {
        stop = timer(timeoutMs, () => resolve({ late: true }))
      })
      try {
        const landed = await Promise.race([flight.then((value): Landed<T> => ({ late: false, value })), late])
        if (landed.late) forget(name, flight)
        return landed
      } finally {
        stop()
      }
    },
  }
}
