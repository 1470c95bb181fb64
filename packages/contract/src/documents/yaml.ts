/**
 * JSON values as YAML. Only writing, and only block style: a library that reads YAML too would be an eighth of every
 * product's Worker.
 */

/** What JSON can say. Members that are undefined are left out, as in JSON. */
type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json | undefined }

/** The document, which YAML 1.1 and 1.2 read alike: without anchors, and all texts quoted that are not plainly words. */
export const toYaml = (document: unknown): string => `${linesOf(document as Json).join('\n')}\n` // documents are JSON

function linesOf(value: Json): string[] {
  if (isList(value)) return value.length === 0 ? ['[]'] : value.flatMap((item) => beside('-', linesOf(item)))
  if (typeof value !== 'object' || value === null) return [scalar(value)]
  const members = Object.entries(value).flatMap(([name, member]) =>
    member === undefined ? [] : memberLines(keyOf(name), member),
  )
  return members.length === 0 ? ['{}'] : members
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value)

function memberLines(key: string, value: Json): string[] {
  const lines = linesOf(value)
  const isBlock = typeof value === 'object' && value !== null && Object.keys(value).length > 0
  return isBlock ? [key, ...lines.map((line) => `  ${line}`)] : beside(key, lines)
}

const beside = (mark: string, [first = '', ...rest]: readonly string[]): string[] => [
  `${mark} ${first}`,
  ...rest.map((line) => `  ${line}`),
]

/** YAML 1.2, 7.4.2: a key that is not marked as one has at most 1,024 characters. */
function keyOf(name: string): string {
  const text = scalar(name)
  return text.length > 1_000 ? `? ${text}\n:` : `${text}:`
}

/** Words that some version of YAML takes for something else than a text. */
const TAKEN = /^(?:y|n|yes|no|on|off|true|false|null)$/i
const WORDS = /^[A-Za-z][\w-]*(?:[ ./]+[A-Za-z][\w-]*)*$/

const scalar = (value: null | boolean | number | string): string =>
  typeof value === 'string' && WORDS.test(value) && !TAKEN.test(value) ? value : quoted(value)

/** What JSON writes is YAML, but for characters that YAML wants escaped (1.2, 5.1). */
const quoted = (value: null | boolean | number | string): string =>
  JSON.stringify(value).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
