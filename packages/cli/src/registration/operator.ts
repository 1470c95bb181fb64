/** Requests to the catalog that say how something shall be; the same again changes nothing. */
import * as z from 'zod'
import { MeshError } from '../mesh-error.ts'
import { printable } from '../terminal.ts'

const problemSchema = z.object({
  title: z.string().optional(),
  detail: z.string().optional(),
  errors: z.array(z.object({ pointer: z.string().optional(), detail: z.string() })).default([]),
})

/** Posts `body` to a path of the catalog with `key` as bearer. @throws {MeshError} `registration_failed` */
export async function post(catalogUrl: string, path: string, key: string, body: unknown): Promise<void> {
  const response = await fetch(catalogUrl + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  if (response.ok) return
  const { reason, parts } = reasonOf(text, response.status)
  throw new MeshError(
    'registration_failed',
    `The catalog refused POST ${path}: ${reason}`,
    parts.length === 0 ? undefined : parts.map(printable).join('\n'),
  )
}

function reasonOf(text: string, status: number): { reason: string; parts: readonly string[] } {
  try {
    const { detail, title, errors } = problemSchema.parse(JSON.parse(text))
    const parts = errors.map((error) => `- ${error.pointer ?? ''}: ${error.detail}`)
    return { reason: printable(detail ?? title ?? `status ${status}`), parts }
  } catch {
    return { reason: `status ${status}`, parts: [] }
  }
}
