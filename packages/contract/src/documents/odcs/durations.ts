/** Durations and days of service levels: ODCS has a number and a unit in words. */
import { durationMs, type Duration } from '../../definition/duration.ts'
import type { Json } from './json.ts'

const words = { S: 's', M: 'min', H: 'h', D: 'd' }
const letters: Readonly<Record<string, readonly [letter: keyof typeof words, times: number]>> = {
  s: ['S', 1],
  sec: ['S', 1],
  second: ['S', 1],
  min: ['M', 1],
  minute: ['M', 1],
  h: ['H', 1],
  hr: ['H', 1],
  hour: ['H', 1],
  d: ['D', 1],
  day: ['D', 1],
  w: ['D', 7],
  week: ['D', 7],
  // A contract has no calendar units: a year is 365 days, and the document keeps its own words.
  y: ['D', 365],
  yr: ['D', 365],
  year: ['D', 365],
}

/** Value and unit of a duration, both exact. */
export function toService(duration: string): Json {
  const [, count = '0', letter = 'S'] = /(\d+)([SMHD])$/.exec(duration) ?? []
  return { value: Number(count), unit: words[letter as keyof typeof words] } // the expression matches these letters only
}

/** The duration of a service level; undefined when it is none that a contract can promise. */
export function fromService({ value, unit }: Json): Duration | undefined {
  const count = typeof value === 'string' && /^\d{1,6}$/.test(value) ? Number(value) : value
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 1 || typeof unit !== 'string')
    return undefined
  const word = unit.toLowerCase()
  const known = [word, word.replace(/s$/, '')].find((each) => Object.hasOwn(letters, each))
  const [letter, times] = (known === undefined ? undefined : letters[known]) ?? []
  if (letter === undefined || times === undefined) return undefined
  const text = `${letter === 'D' ? 'P' : 'PT'}${count * times}${letter}` as Duration
  return durationMs(text) === undefined ? undefined : text
}
