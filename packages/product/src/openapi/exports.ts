/** Bulk files as operations, of products whose contract offers them. */
import type { Contract } from '@meshloop/contract'
import { fileFormats } from '../exports/file-formats.ts'
import { json, ref, type Json, type Operation, type OtherParameter } from './operation.ts'
import { readingCodes, type Code } from './refusals.ts'

/** The operations. */
export const exportOperations = ({ exports }: Contract): readonly Operation[] =>
  exports ? [listExports, getExport, getExportFile, exportKeys] : []

const codes: readonly Code[] = [...readingCodes, 'exports_restricted']

const listExports: Operation = {
  method: 'get',
  path: '/exports',
  id: 'listExports',
  tag: 'Read',
  summary: 'Bulk files that can be read, the newest first',
  description:
    'For grants that show everything. A file never changes; what changed since is in later exports.',
  scopes: ['read'],
  content: json({
    type: 'object',
    properties: { exports: { type: 'array', items: ref('Export') } },
    required: ['exports'],
  }),
  headers: ['Server-Timing'],
  codes,
}

const inPath = (name: string, description: string): OtherParameter => ({
  name,
  in: 'path',
  required: true,
  description,
  schema: { type: 'string' },
})

const getExport: Operation = {
  method: 'get',
  path: '/exports/{id}',
  id: 'getExport',
  tag: 'Read',
  summary: 'One export: its files, its signed manifest, and where changes go on',
  description:
    'Read all files of one format, then GET /changes after `changes_after`: together they are the records.',
  scopes: ['read'],
  others: [inPath('id', 'As the list of exports names it')],
  content: json({
    allOf: [
      ref('Export'),
      {
        type: 'object',
        properties: {
          files: { type: 'array', items: ref('ExportFile') },
          manifest: { type: 'string', description: 'The manifest as a compact JWS, signed with Ed25519' },
          changes_after: { type: 'string', description: 'Cursor for GET /changes?after=' },
        },
        required: ['files', 'manifest', 'changes_after'],
      },
    ],
  }),
  headers: ['Server-Timing'],
  codes: [...codes, 'export_not_found'],
}

const getExportFile: Operation = {
  method: 'get',
  path: '/exports/{id}/{file}',
  id: 'getExportFile',
  tag: 'Read',
  summary: 'One file of an export, or a part of it',
  description: 'Parquet or NDJSON, of one month of event time. DuckDB reads it as it is.',
  scopes: ['read'],
  others: [inPath('id', 'As the list of exports names it'), inPath('file', 'Its `name` in the export')],
  content: {
    [fileFormats.parquet]: { schema: { type: 'string', format: 'binary' } },
    [fileFormats.ndjson]: { schema: { type: 'string' } },
  },
  headers: ['ETag', 'Meshloop-Version', 'Cache-Control', 'Accept-Ranges', 'Content-Range', 'Server-Timing'],
  isConditional: true,
  isRanged: true,
  codes: [...codes, 'export_not_found', 'range_not_satisfiable'],
}

const exportKeys: Operation = {
  method: 'get',
  path: '/exports/jwks.json',
  id: 'exportKeys',
  tag: 'Describe',
  summary: 'Keys that manifests are signed with',
  description: 'JSON Web Keys (RFC 7517), for everybody.',
  content: {
    'application/jwk-set+json': {
      schema: {
        type: 'object',
        properties: { keys: { type: 'array', items: { type: 'object' } } },
        required: ['keys'],
      },
    },
  },
}

const time: Json = { type: 'string', format: 'date-time' }
const timeOrNull: Json = { type: ['string', 'null'], format: 'date-time' }
const count: Json = { type: 'integer', minimum: 0 }

/** The schemas of bulk files. */
export const exportSchemas: Json = {
  Export: {
    type: 'object',
    properties: {
      id: { type: 'string' },
      version: { type: 'string', description: 'Version of the contract' },
      made_at: time,
      as_of: { ...timeOrNull, description: 'Complete up to here' },
      ended_at: { ...timeOrNull, description: 'A newer one took its place then: read it soon' },
      rows: count,
      bytes: { type: 'object', properties: { parquet: count, ndjson: count } },
      parts: count,
    },
    required: ['id', 'version', 'made_at', 'as_of', 'ended_at', 'rows', 'bytes', 'parts'],
  },
  ExportFile: {
    type: 'object',
    properties: {
      name: { type: 'string' },
      month: { type: 'string', description: 'Of the event times, such as 2026-11' },
      format: { type: 'string', enum: Object.keys(fileFormats) },
      bytes: count,
      rows: count,
      sha256: { type: 'string' },
    },
    required: ['name', 'month', 'format', 'bytes', 'rows', 'sha256'],
  },
}
