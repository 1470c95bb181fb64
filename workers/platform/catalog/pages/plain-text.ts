/** Texts of contracts are data of somebody: nothing in them may hide, reorder or act where they are shown. */

/**
 * Characters that show nothing and change how others read: controls but tab and line breaks, zero-width space, direction marks and
 * overrides ("Trojan Source", CVE-2021-42574), and tags, by which text can be hidden from people and told to agents.
 */
const unseen =
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\u{e0000}-\u{e007f}]/gu

/** A copy of a document in whose texts every such character is shown as �. For pages and Markdown. */
export function plainText<T>(value: T): T {
  // Each branch gives what it was given: the same shape with other texts.
  if (typeof value === 'string') return value.replace(unseen, '\ufffd') as T
  if (Array.isArray(value)) return value.map(plainText) as T
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plainText(member)])) as T
}

/** JSON that says the same in visible characters: they can only stand in its strings, where an escape means the same. */
export const plainJson = (value: unknown): string =>
  JSON.stringify(value).replace(unseen, (sign) =>
    [...Array(sign.length).keys()]
      .map((at) => `\\u${sign.charCodeAt(at).toString(16).padStart(4, '0')}`)
      .join(''),
  )
