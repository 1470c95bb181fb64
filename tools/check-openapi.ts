/**
 * The OpenAPI document of each product and major is one that other people's tools take: Redocly's and Spectral's linters say
 * nothing about it, with all of their recommended rules at their strictest. A generated client is only as good as its document,
 * and what is wrong with one is seen by nobody here.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { conclude } from './conclude.ts'
import { workerFolders } from './workers/folders.ts'

const root = join(import.meta.dirname, '..')
const mesh = join(root, 'packages/cli/src/main.ts')
const tools = join(root, 'tests/node_modules/.bin')
const folder = mkdtempSync(join(tmpdir(), 'meshloop-openapi-'))

try {
  const documents = workerFolders(root)
    .filter((worker) => existsSync(join(worker.folder, 'contract.ts')))
    .flatMap(({ domain, product }) => majorsOf(`${domain}.${product}`))
  writeFileSync(join(folder, 'ruleset.yaml'), 'extends: ["spectral:oas"]\n')
  conclude(`${documents.length} OpenAPI documents pass Redocly’s and Spectral’s linters`, [
    ...complaintsOf('redocly', ['lint', ...documents, '--extends', 'recommended-strict']),
    ...complaintsOf('spectral', [
      'lint',
      ...documents,
      '--ruleset',
      'ruleset.yaml',
      '--fail-severity',
      'hint',
    ]),
  ])
} finally {
  rmSync(folder, { recursive: true })
}

/** Writes the documents of a product; their file names. */
function majorsOf(product: string): string[] {
  const newest = JSON.parse(exported(product)) as { info: { version: string } } // of an OpenAPI document
  const majors = Array.from({ length: Number.parseInt(newest.info.version) }, (_, index) => index + 1)
  return majors.flatMap((major) => {
    const file = `${product}.v${major}.json`
    const document = exported(product, ['--major', String(major)])
    if (document === '') return [] // it has ended
    writeFileSync(join(folder, file), document)
    return [file]
  })
}

/** The document as text; empty when there is no such major. @throws when it cannot be written for another reason */
function exported(product: string, options: readonly string[] = []): string {
  const command = [mesh, 'contract', 'export', product, '--format', 'openapi', ...options]
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: root, encoding: 'utf8' })
  if (status === 0) return stdout
  if (stderr.includes('has no major')) return ''
  throw new Error(`${product}: ${stderr}`)
}

/** Neither tool may call home. */
function complaintsOf(tool: 'redocly' | 'spectral', command: readonly string[]): string[] {
  const { status, stdout, stderr } = spawnSync(join(tools, tool), command, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
  })
  return status === 0 ? [] : [`${tool} says:\n${stdout}${stderr}`]
}
