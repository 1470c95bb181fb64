/** The parameter that says by whose clocks an hour, a day, a week or a month begins. */
import type { Parameter } from './parameters.ts'
import { isTimeZone } from './zones.ts'

/** What `time_zone` is where it is left out. */
export const DEFAULT_TIME_ZONE = 'UTC'

/** `time_zone=Europe/Berlin` */
export const timeZoneParameter: Parameter = {
  name: 'time_zone',
  description: 'IANA name of the time zone in which hours, days, weeks and months begin',
  schema: { type: 'string', maxLength: 64, default: DEFAULT_TIME_ZONE, examples: ['Europe/Berlin'] },
  read: (text) =>
    isTimeZone(text)
      ? { value: text }
      : { expected: 'a name of the IANA time zone database, such as Europe/Berlin or UTC' },
}
