/** What is past its end is not published. */
import type { Policy } from '../policy.ts'

/** Judges the end of life. */
export const notPastItsEnd: Policy = {
  id: 'not-past-its-end',
  severity: 'warning',
  reason: 'Until its end of life a product answers; after it nobody should begin to rely on it.',
  remedy: 'Take the major out of service, or announce a later end of life.',
  *check({ lifecycle }, { today }) {
    if (lifecycle?.endOfLife !== undefined && lifecycle.endOfLife < today)
      yield { path: 'lifecycle.endOfLife', problem: `was ${lifecycle.endOfLife}` }
  },
}

/** Judges the end of support. */
export const stillSupported: Policy = {
  id: 'still-supported',
  severity: 'warning',
  reason: 'Without support a broken promise stays broken.',
  remedy: 'Move readers to the next major, or support this one for longer.',
  *check({ lifecycle }, { today }) {
    if (lifecycle?.endOfSupport !== undefined && lifecycle.endOfSupport < today)
      yield { path: 'lifecycle.endOfSupport', problem: `was ${lifecycle.endOfSupport}` }
  },
}
