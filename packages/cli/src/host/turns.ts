/** One at a time: reloads and scheduled runs take turns, since a run during a reload would lose its runtime. */

/** Runs each task after the one before it, whether that succeeded or not. */
export interface Turns {
  take<T>(task: () => Promise<T>): Promise<T>
}

/** A queue of its own. */
export function takingTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve()
  return {
    take(task) {
      const mine = last.then(task, task)
      last = mine.catch(() => undefined)
      return mine
    },
  }
}
