/** Records as JSON, made by the database: the text goes out as it comes. */
import type { Contract } from '@meshloop/contract'
import { commas, name, sql, type SQL } from '../store/sql.ts'
import { isBoolean, isJsonText } from '../store/stored-row.ts'

/** A JSON object of these fields of a record. */
export const recordJson = (contract: Contract, fields: readonly string[]): SQL =>
  sql`json_object(${commas(fields.map((field) => sql`${sql.raw(`'${field}'`)}, ${valueJson(contract, field)}`))})`

/** A field's value as a part of a JSON object. Field names are of a-z, 0-9 and _ by the contract. */
export function valueJson(contract: Contract, field: string): SQL {
  const column = name(field)
  if (isBoolean(contract, field)) return sql`json(CASE ${column} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END)`
  return isJsonText(contract, field) ? sql`json(${column})` : column
}
