/** Somebody who has just cloned the project: a copy of it in a new folder, and the commands that they type there. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline'

/** The checkout that is tested. */
export const root = resolve(import.meta.dirname, '..')

/** A mesh that a stranger started. */
export interface Started {
  readonly url: string
  /** Milliseconds from the command to ready. */
  readonly tookMs: number
  /** Ends it as Ctrl-C does. @returns the exit code */
  stop(): Promise<number | null>
}

/** A stranger's folder. */
export interface Stranger {
  readonly folder: string
  /** Runs a command line as typed. @returns everything printed; throws when it fails. */
  type(command: string): string
  /** Starts a mesh and waits until it says that it is ready. `command` gets `--json` and a free port. */
  start(command: string): Promise<Started>
  /** Ends what still runs and takes the folder away. */
  leave(): Promise<void>
}

/** A new folder with every file that git knows or would add: nothing installed, nothing built, no state. */
export function newStranger(): Stranger {
  const folder = mkdtempSync(join(tmpdir(), 'meshloop-stranger-'))
  for (const file of git('ls-files', '-co', '--exclude-standard', '-z').split('\0')) {
    if (file === '' || !existsSync(join(root, file))) continue
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    copyFileSync(join(root, file), join(folder, file))
  }
  const running = new Set<Started>()
  return {
    folder,
    type: (command) => run(command, folder),
    async start(command) {
      const started = await startIn(folder, command)
      running.add(started)
      return started
    },
    async leave() {
      for (const started of running) await started.stop()
      rmSync(folder, { recursive: true })
    },
  }
}

// What pnpm and vitest tell their children is not known to a stranger's shell.
const environment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(CI$|npm_|pnpm_|PNPM_|VITEST|NODE_ENV|MESH_|INIT_CWD)/.test(name),
    ),
  )

function run(command: string, folder: string): string {
  const { status, stdout, stderr } = spawnSync('bash', ['-c', command], {
    cwd: folder,
    encoding: 'utf8',
    env: environment(),
  })
  if (status !== 0) throw new Error(`${command} ended with ${status}:\n${stdout}${stderr}`)
  return stdout + stderr
}

async function startIn(folder: string, command: string): Promise<Started> {
  const port = await freePort()
  const began = Date.now()
  const child = spawn('bash', ['-c', `exec ${command} --json --port ${port}`], {
    cwd: folder,
    env: environment(),
    detached: true,
  })
  const errors: string[] = []
  child.stderr.on('data', (data: Buffer) => errors.push(data.toString()))
  const ended = new Promise<number | null>((done) => child.on('exit', (code) => done(code)))
  const url = await Promise.race([readyUrl(child), ended.then((code) => failed(code, errors))])
  return {
    url,
    tookMs: Date.now() - began,
    stop: () => {
      if (child.exitCode === null && child.signalCode === null && child.pid !== undefined)
        process.kill(-child.pid, 'SIGINT')
      return ended
    },
  }
}

async function readyUrl(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('the mesh has no output')
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /^\{"ready":true,"url":"([^"]+)"/.exec(line)?.[1]
    if (url !== undefined) return url
  }
  return new Promise(() => undefined) // it ended: the other side of the race says how
}

function failed(code: number | null, errors: readonly string[]): never {
  throw new Error(`the mesh ended with ${code} before it was ready:\n${errors.join('')}`)
}

const freePort = (): Promise<number> =>
  new Promise((done, fail) => {
    const server = createServer()
    server.on('error', fail)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => done(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })

function git(...args: string[]): string {
  return spawnSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 }).stdout
}
