/** The exports that can be read, as the database holds them. */
import { durationMs, type Contract } from '@meshloop/contract'
import { ProductError } from '../problems.ts'
import { sql, statement } from '../store/sql.ts'
import { readManifest, type Manifest } from './manifest.ts'

/** An export that is complete. */
export interface StoredExport {
  readonly id: string
  /** Since when a newer one is there; null of the newest. */
  readonly ended_at: string | null
  readonly manifest: Manifest
  /** The manifest as a compact JWS. */
  readonly signed: string
}

interface Row {
  readonly id: string
  readonly ended_at: string | null
  readonly manifest: string
}

/** How long one that was replaced can be read, in ms; seven days where the contract says nothing. */
export const keptMs = ({ exports: rule }: Contract): number => durationMs(rule?.keep ?? 'P7D') ?? 0

/** Exports of a list at most. */
const MOST_LISTED = 1_000

/** All of them, the newest first. */
export async function listExports(db: D1Database): Promise<StoredExport[]> {
  const { results } = await statement(
    db,
    sql`SELECT id, ended_at, manifest FROM _exports WHERE manifest IS NOT NULL ORDER BY begun_at DESC LIMIT ${MOST_LISTED}`,
  ).all<Row>()
  return results.map(stored)
}

/** One of them. @throws {ProductError} `export_not_found` */
export async function readExport(db: D1Database, id: string): Promise<StoredExport> {
  const row = await statement(
    db,
    sql`SELECT id, ended_at, manifest FROM _exports WHERE id = ${id} AND manifest IS NOT NULL`,
  ).first<Row>()
  if (row) return stored(row)
  throw exportNotFound(id)
}

/** The id of the newest; undefined before the first. */
export async function newestExport(db: D1Database): Promise<string | undefined> {
  const row = await statement(
    db,
    sql`SELECT id FROM _exports WHERE manifest IS NOT NULL ORDER BY begun_at DESC LIMIT 1`,
  ).first<{ id: string }>()
  return row?.id
}

/** The refusal of what is no export, or no file of one. */
export const exportNotFound = (what: string): ProductError =>
  new ProductError('export_not_found', `There is no export ${what}.`)

const stored = ({ id, ended_at, manifest }: Row): StoredExport => ({
  id,
  ended_at,
  manifest: readManifest(manifest),
  signed: manifest,
})
