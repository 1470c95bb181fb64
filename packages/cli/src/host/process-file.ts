/**
 * Remembers the runtime's process beside the state, so that one that outlived its parent is ended at the next start.
 *
 * When the mesh's process is killed, workerd stays and keeps the port and the databases.
 */
import { channel } from 'node:diagnostics_channel'
import { AsyncLocalStorage } from 'node:async_hooks'
import type { ChildProcess } from 'node:child_process'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { MeshError } from '../mesh-error.ts'

/** Claim on a state folder by this process. */
export interface ProcessFile {
  /** Runs what starts or restarts the runtime, so that its process is written down. */
  watching<T>(start: () => Promise<T>): Promise<T>
  /** Gives the state folder free. */
  remove(): void
}

const schema = z.object({ pid: z.int(), runtimePid: z.int().optional() })

/**
 * Claims `stateFolder` and ends a runtime that was left over there.
 *
 * @throws {MeshError} `already_running` when another process that lives uses it.
 */
export async function claimState(stateFolder: string): Promise<ProcessFile> {
  mkdirSync(stateFolder, { recursive: true })
  const path = join(stateFolder, 'process.json')
  await endLeftOver(path, stateFolder)
  const write = (runtimePid?: number): void =>
    writeFileSync(path, JSON.stringify({ pid: process.pid, runtimePid }))
  write()
  const scope = new AsyncLocalStorage<true>()
  const onSpawn = (message: unknown): void => {
    const child = (message as { process: ChildProcess }).process // shape documented by node:diagnostics_channel
    if (scope.getStore()) child.once('spawn', () => isRuntime(child.spawnfile) && write(child.pid))
  }
  channel('child_process').subscribe(onSpawn)
  return {
    watching: (start) => scope.run(true, start),
    remove() {
      channel('child_process').unsubscribe(onSpawn)
      rmSync(path, { force: true })
    },
  }
}

async function endLeftOver(path: string, stateFolder: string): Promise<void> {
  const last = readProcessFile(path)
  if (last?.runtimePid === undefined) return
  const runtime = lookUp(last.runtimePid)
  if (runtime === undefined || !isRuntime(runtime.command)) return // ended, or its number is another program's now
  if (runtime.parent === last.pid)
    throw new MeshError(
      'already_running',
      `A mesh with its state in ${stateFolder} runs already (process ${last.pid}).`,
      'Use that one, stop it, or start another with --state DIR and --port.',
    )
  process.kill(last.runtimePid, 'SIGKILL')
  for (let tries = 0; tries < 200 && lookUp(last.runtimePid) !== undefined; tries++)
    await new Promise((resolve) => setTimeout(resolve, 10))
}

function readProcessFile(path: string): z.output<typeof schema> | undefined {
  if (!existsSync(path)) return undefined
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return undefined // cut off by a crash while it was written
  }
}

const isRuntime = (command: string): boolean => /\bworkerd\b/.test(command)

interface Running {
  readonly parent: number
  readonly command: string
}

function lookUp(pid: number): Running | undefined {
  try {
    const line = execFileSync('ps', ['-o', 'ppid=,stat=,command=', '-p', String(pid)], {
      encoding: 'utf8',
    }).trim()
    const [, parent, state, command] = /^(\d+)\s+(\S+)\s+(.*)$/s.exec(line) ?? []
    // A zombie whose threads still end (l) still holds its port.
    const isGone = state?.startsWith('Z') === true && !state.includes('l')
    return parent === undefined || command === undefined || isGone
      ? undefined
      : { parent: Number(parent), command }
  } catch {
    return undefined // ps ends with an error when there is no such process
  }
}
