/** Prints TypeScript and JSON values as oxfmt does with the settings of this repository. */

/** A value of source text. Objects are members by name; a call has its arguments. */
export type Source =
  | { readonly text: string; readonly isVariable?: true }
  | { readonly call: string; readonly with: readonly Source[] }
  | { readonly list: readonly Source[] }
  | { readonly members: readonly (readonly [string, Source])[]; readonly isOpen?: boolean }

/** How strings, names and the ends of lists are written. */
export type Language = 'typescript' | 'json'

const WIDTH = 110
/** Names shorter than this keep a value that is too long on their line. */
const SHORT_NAME = 5

/** The source of a JSON value. */
export function sourceOf(value: unknown, language: Language = 'typescript'): Source {
  if (Array.isArray(value)) return { list: value.map((item) => sourceOf(item, language)) }
  if (value !== null && typeof value === 'object')
    return {
      members: Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .map(([name, member]) => [nameText(name, language), sourceOf(member, language)]),
      isOpen: language === 'json',
    }
  return { text: typeof value === 'string' && language === 'typescript' ? quote(value) : numberText(value) }
}

/** The text of a source. `indent` is the depth of its line, `used` the characters before it, `after` those behind. */
export function print(
  source: Source,
  language: Language = 'typescript',
  indent = 0,
  used = 0,
  after = 0,
): string {
  const inLine = flat(source)
  if (inLine !== undefined && used + inLine.length + after <= WIDTH) return inLine
  if ('text' in source) return source.text
  const end = language === 'json' ? '' : ','
  const inside = (parts: readonly ((more: number) => string)[], open: string, close: string): string =>
    parts.length === 0
      ? open + close
      : `${open}\n${parts.map((part, index) => '  '.repeat(indent + 1) + part(index < parts.length - 1 ? 1 : end.length)).join(',\n')}${end}\n${'  '.repeat(indent)}${close}`
  const start = (indent + 1) * 2
  const nested = (each: Source) => (more: number) => print(each, language, indent + 1, start, more)
  if ('list' in source) return inside(source.list.map(nested), '[', ']')
  if ('members' in source)
    return inside(
      source.members.map(
        ([name, value]) =>
          (more) =>
            printMember(name, value, language, indent + 1, more),
      ),
      '{',
      '}',
    )
  // The last argument stays on the line of the call where it is an object and all before it fits.
  const last = source.with.at(-1)
  const before = source.with.slice(0, -1).map(flat)
  const open = `${source.call}(${before.map((each) => `${each}, `).join('')}`
  const fits = before.every((each) => each !== undefined) && used + open.length + 1 <= WIDTH
  return last && 'members' in last && last.members.length > 0 && fits
    ? `${open}${print({ ...last, isOpen: true }, language, indent, WIDTH)})`
    : inside(source.with.map(nested), `${source.call}(`, ')')
}

function printMember(name: string, value: Source, language: Language, indent: number, after: number): string {
  // A variable of the member's own name.
  if ('isVariable' in value && value.text === name) return name
  const used = indent * 2 + name.length + 2
  const isLong = 'text' in value && used + value.text.length + after > WIDTH
  return isLong && language === 'typescript' && name.length >= SHORT_NAME && /^['"]/.test(value.text)
    ? `${name}:\n${'  '.repeat(indent + 1)}${value.text}`
    : `${name}: ${print(value, language, indent, used, after)}`
}

/** In one line; undefined for what is never written so. */
function flat(source: Source): string | undefined {
  if ('text' in source) return source.text
  if ('list' in source) {
    const rows = source.list.filter((item) => ('members' in item && item.members.length > 1) || ('list' in item && item.list.length > 1)) // prettier-ignore
    if (source.list.length > 1 && rows.length === source.list.length) return undefined
    return joined(source.list.map(flat), '[', ']')
  }
  if ('call' in source) return joined(source.with.map(flat), `${source.call}(`, ')')
  if (source.members.length === 0) return '{}'
  if (source.isOpen) return undefined
  const members = source.members.map(([name, value]) => {
    const text = flat(value)
    return text === undefined ? undefined : `${name}: ${text}`
  })
  return joined(members, '{ ', ' }')
}

const joined = (parts: readonly (string | undefined)[], open: string, close: string): string | undefined =>
  parts.includes(undefined) ? undefined : `${open}${parts.join(', ')}${close}`

/** JavaScript's own names need no quotes. `__proto__` would set what the object inherits. */
function nameText(name: string, language: Language): string {
  if (language === 'json') return JSON.stringify(name)
  if (name === '__proto__') return `['__proto__']`
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quote(name)
}

/** The quotes of which fewer are in the text; everything unseen is escaped. */
function quote(text: string): string {
  const single = text.split("'").length
  const double = text.split('"').length
  const sign = single > double ? '"' : "'"
  const inner = JSON.stringify(text)
    .slice(1, -1)
    .replaceAll(String.raw`\"`, '"')
    .replaceAll(/[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, unseen)
    .replaceAll(sign, `\\${sign}`)
  return sign + inner + sign
}

const unseen = (sign: string): string => String.raw`\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`

const numberText = (value: unknown): string =>
  typeof value === 'number' ? JSON.stringify(value).replace('e+', 'e') : JSON.stringify(value)
