/**
 * Records as CSV (RFC 4180): a line of names, then a line a record, each ended by CRLF.
 *
 * A field without a value is an empty cell, an empty text is `""`. Lists and structs are JSON. A text that a spreadsheet would
 * take for a formula gets an apostrophe in front (OWASP, CSV injection): it is shown as text there, and who reads the file by
 * program takes it off, or reads NDJSON.
 */

/** The line of names. Names of fields are a-z, 0-9 and _, of buckets with a dot. */
export const csvHeader = (names: readonly string[]): string => `${names.join(',')}\r\n`

/** The line of one record. */
export const csvLine = (names: readonly string[], record: Readonly<Record<string, unknown>>): string =>
  `${names.map((name) => cell(record[name])).join(',')}\r\n`

function cell(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return textCell(typeof value === 'string' ? value : JSON.stringify(value))
}

function textCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return safe === '' || /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
