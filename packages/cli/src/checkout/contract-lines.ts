/** Finds the line of a contract's source that a finding is about. A guess by names: what it does not find it leaves to the line above. */

/** Index of the line where the contract of that version begins; undefined if the text does not have it. */
export function startOf(text: string, version: string | undefined): number | undefined {
  if (version === undefined) return undefined
  const lines = text.split('\n')
  const at = lines.findIndex((line) =>
    ["'", '"', '`'].some((quote) => line.includes('version:') && line.includes(`${quote}${version}${quote}`)),
  )
  if (at === -1) return undefined
  const begin = lines.slice(0, at).findLastIndex((line) => line.includes('defineProduct('))
  return begin === -1 ? 0 : begin
}

/** Number of the line, from 1, that defines the deepest part of `path` that is found: `fields.status.values`. */
export function lineOf(text: string, path: string, version: string | undefined): number {
  const lines = text.split('\n')
  let found = startOf(text, version) ?? 0
  for (const part of path.split('.')) {
    const at = lines.findIndex((line, index) => index >= found && defines(line, part))
    if (at === -1) break
    found = at
  }
  return found + 1
}

/** Whether the line has `name:` as a member. Names are compared as text: they may be anything. */
function defines(line: string, name: string): boolean {
  const members = line.matchAll(/(?:^|[{,])\s*(?:'([^']*)'|"([^"]*)"|([A-Za-z_$][\w$]*))\s*:/g)
  return [...members].some((member) => (member[1] ?? member[2] ?? member[3]) === name)
}
