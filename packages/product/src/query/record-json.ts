/** Records as JSON, made by the database: the text goes out as it comes. */
import type { Contract } from '@meshloop/contract'
import { MAX_ARGUMENTS } from '../limits.ts'
import { commas, name, sql, textOf, type SQL } from '../store/sql.ts'
import { isBoolean, isJsonText } from '../store/stored-row.ts'

/** Texts of objects that were made before; most queries ask for all fields that their view shows. */
const made = new WeakMap<Contract, Map<string, SQL>>()
/** Consumers name the fields: of more different lists none is kept. */
const MAX_MADE = 100

/** A JSON object of these fields of a record, in this order. */
export function recordJson(contract: Contract, fields: readonly string[]): SQL {
  const known = made.get(contract) ?? new Map<string, SQL>()
  made.set(contract, known)
  const list = fields.join()
  const object =
    known.get(list) ??
    sql.raw(textOf(jsonObject(fields.map((field) => ({ member: field, value: valueJson(contract, field) })))))
  if (known.size < MAX_MADE) known.set(list, object)
  return object
}

/** A JSON object of named values. Names are of a-z, 0-9, _ and dots by the contract. */
export function jsonObject(members: readonly { readonly member: string; readonly value: SQL }[]): SQL {
  // One argument is for the object that is added to, two are for each member.
  const size = Math.floor((MAX_ARGUMENTS - 1) / 2)
  const rest = members.slice(size)
  const first = sql`json_object(${commas(members.slice(0, size).map(({ member, value }) => sql`${literal(member)}, ${value}`))})`
  const parts = Array.from({ length: Math.ceil(rest.length / size) }, (_, i) =>
    rest.slice(i * size, (i + 1) * size),
  )
  return parts.reduce(
    (object, part) =>
      sql`json_insert(${object}, ${commas(part.map(({ member, value }) => sql`${literal(`$."${member}"`)}, ${value}`))})`,
    first,
  )
}

/** A field's value as a part of a JSON object. */
export function valueJson(contract: Contract, field: string): SQL {
  const column = name(field)
  if (isBoolean(contract, field)) return sql`json(CASE ${column} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END)`
  return isJsonText(contract, field) ? sql`json(${column})` : column
}

const literal = (text: string): SQL => sql.raw(`'${text}'`)
