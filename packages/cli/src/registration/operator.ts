/** Requests to the catalog that say how something shall be; the same again changes nothing. */
import * as z from 'zod'
import { MeshError } from '../mesh-error.ts'

const problemSchema = z.object({ title: z.string().optional(), detail: z.string().optional() })

/** Posts `body` to a path of the catalog with `key` as bearer. @throws {MeshError} `registration_failed` */
export async function post(catalogUrl: string, path: string, key: string, body: unknown): Promise<void> {
  const response = await fetch(catalogUrl + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  if (response.ok) return
  throw new MeshError(
    'registration_failed',
    `The catalog refused POST ${path}: ${reasonOf(text, response.status)}`,
  )
}

function reasonOf(text: string, status: number): string {
  try {
    const { detail, title } = problemSchema.parse(JSON.parse(text))
    return detail ?? title ?? `status ${status}`
  } catch {
    return `status ${status}`
  }
}
