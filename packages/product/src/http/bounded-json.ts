/** JSON that somebody sent, read within bounds. */
import { MAX_DEPTH } from '../limits.ts'
import { ProductError } from '../problems.ts'

/** A body that cannot be read; `pointer` is the place, e.g. `/12` for a line (from 0). */
export const bodyMalformed = (why: string, pointer = ''): ProductError =>
  new ProductError('body_malformed', `The body cannot be read: ${why}.`, [{ pointer, detail: why }])

/** The value of a text. Of a member that is there twice the last counts. @throws {ProductError} `body_malformed`. */
export function parseBounded(text: string, pointer = ''): unknown {
  if (isDeeper(text)) throw bodyMalformed(`it is nested deeper than ${MAX_DEPTH} levels`, pointer)
  try {
    return JSON.parse(text)
  } catch (error) {
    throw bodyMalformed(error instanceof Error ? error.message : 'it is not JSON', pointer)
  }
}

/** Counted on the text: a deep value is never built. */
const isDeeper = (text: string): boolean => hasManyBrackets(text) && depthOf(text) > MAX_DEPTH

/** Few rows have so many brackets that they could be deep, and the rest need not be looked through. */
function hasManyBrackets(text: string): boolean {
  let found = 0
  for (const bracket of ['[', '{'])
    for (let at = text.indexOf(bracket); at !== -1; at = text.indexOf(bracket, at + 1))
      if (++found > MAX_DEPTH) return true
  return false
}

const [quote, backslash, openList, closeList, openObject, closeObject] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d]

/** Depth of brackets outside strings. */
function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (quoted) {
      if (c === backslash) i++
      else if (c === quote) quoted = false
    } else if (c === quote) quoted = true
    else if (c === openList || c === openObject) deepest = Math.max(deepest, ++depth)
    else if (c === closeList || c === closeObject) depth--
  }
  return deepest
}
