/** CSV (RFC 4180) with field names in its first line; each cell is read as its field's kind says. */
import type { Readable } from 'node:stream'
import { fieldOf, kindOf, type Contract } from '@meshloop/contract'
import { CsvError, parse, type InfoRecord } from 'csv-parse'
import { MeshError } from '../mesh-error.ts'
import type { FileRow } from './file-row.ts'

/** Rows of a stream of bytes; `path` is for messages. Reading throws `file_unreadable`: unknown fields, broken quotes. */
export async function* readCsv(stream: Readable, path: string, contract: Contract): AsyncGenerator<FileRow> {
  const parser = parse({
    bom: true,
    info: true,
    skip_empty_lines: true,
    columns: (names: string[]) => checkNames(names, path, contract),
  })
  stream.once('error', (error) => parser.destroy(error))
  try {
    for await (const parsed of stream.pipe(parser)) {
      const { record, info } = parsed as { record: Record<string, string>; info: InfoRecord } // with `columns` and `info`
      yield { line: info.lines, json: JSON.stringify(readCells(record, contract)) }
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw new MeshError('file_unreadable', `${path} is no CSV: ${error.message}.`, undefined, {
      cause: error,
    })
  } finally {
    stream.destroy()
  }
}

/** An empty cell is null. What cannot be read as its kind stays text, and the product says so. */
function readCells(record: Readonly<Record<string, string>>, contract: Contract): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).map(([name, text]) => [
      name,
      text === '' ? null : kindOf(fieldOf(contract, name).kind).fromText(text),
    ]),
  )
}

function checkNames(names: readonly string[], path: string, contract: Contract): string[] {
  const trimmed = names.map((name) => name.trim())
  const unknown = trimmed.filter((name) => !Object.hasOwn(contract.fields, name))
  const twice = trimmed.filter((name, index) => trimmed.indexOf(name) !== index)
  if (unknown.length === 0 && twice.length === 0) return trimmed
  throw new MeshError(
    'file_unreadable',
    unknown.length > 0
      ? `${path} has columns that ${contract.id} does not know: ${unknown.join(', ')}.`
      : `${path} has columns twice: ${twice.join(', ')}.`,
    `The first line names the fields: ${Object.keys(contract.fields).join(', ')}.`,
  )
}
