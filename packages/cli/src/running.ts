/** The mesh last started from a checkout: its address, its state, and a door for the commands of this machine. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as z from 'zod'

/** What `mesh dev` leaves for the other commands. */
export type Running = Readonly<z.output<typeof schema>>

const schema = z.object({
  url: z.url(),
  pid: z.int(),
  stateFolder: z.string(),
  /** Serves flags from the local KV; see host/kv-door.ts. */
  kvDoor: z.object({ url: z.url(), key: z.string() }),
})

const pathIn = (root: string): string => join(root, '.meshloop', 'running.json')

/** Says that a mesh runs. The file holds a key, so it is the owner's alone. */
export function noteRunning(root: string, running: Running): void {
  const path = pathIn(root)
  mkdirSync(dirname(path), { recursive: true })
  rmSync(path, { force: true }) // the mode below counts only for a new file
  writeFileSync(path, JSON.stringify(running), { mode: 0o600 })
}

/** The mesh last started from the checkout; undefined if it was ended. */
export function findRunning(root: string): Running | undefined {
  const path = pathIn(root)
  if (!existsSync(path)) return undefined
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return undefined // of another version, or cut off
  }
}

/** Takes the note back, unless another mesh was started since. */
export function forgetRunning(root: string, pid: number): void {
  if (findRunning(root)?.pid === pid) rmSync(pathIn(root), { force: true })
}
