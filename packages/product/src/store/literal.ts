/** Values of a contract as a part of a statement's text, where they cannot be bound. */
import { utf8 } from './bytes.ts'

/** The SQL of a value. Control characters, one of which would end the statement, are written as bytes. */
export function literalText(value: string | number | boolean | null): string {
  if (value === null) return 'NULL'
  if (typeof value !== 'string') return String(Number(value))
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  if (!/[\x00-\x1f]/.test(value)) return `'${value.replaceAll("'", "''")}'`
  const bytes = [...utf8(value)]
  return `CAST(x'${bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')}' AS TEXT)`
}
