/** Where an honest customer's life makes an order look suspicious. */
import { moving } from './belongings.ts'
import type { Customer } from './customer.ts'
import type { Story } from './happening.ts'
import { lastChange, type Rhythm } from './rhythm.ts'
import { DAY } from './time.ts'

/** A journey abroad: two or three in five years. */
export const travelling: Rhythm = { stream: 'travelling', periodMs: 180 * DAY, probability: 0.25 }

/** Every journey is over after this. */
export const longestJourneyMs = 7 * DAY
const SETTLED_AFTER = 14 * DAY

/** The innocent story of an ordinary order at that shop time, if the customer has just moved or is abroad. */
export function innocentStory(seed: number, customer: Customer, atMs: number): Story | undefined {
  const isRecent = (rhythm: Rhythm, withinMs: number): boolean => {
    const change = lastChange(seed, customer, rhythm, atMs)
    return change.atMs >= customer.sinceMs && change.number >= 0 && atMs - change.atMs < withinMs
  }
  if (isRecent(moving, SETTLED_AFTER)) return { scenario: 'moved_house', fraud: false }
  if (isRecent(travelling, longestJourneyMs)) return { scenario: 'traveller', fraud: false }
  return undefined
}
