/**
 * Command lines that nobody runs. A `sh` block says in its info string who runs it, and that one takes it from the
 * document, so that it cannot be forgotten:
 *
 * - `sh start`: tests/readme.test.ts, in a fresh copy; `sh own`: the same, before; `sh run`: the same, at that mesh.
 * - `sh data-start`, `sh data`: tests/real-data.test.ts, likewise, at a mesh without the shop.
 * - `sh ci`: `.ci/run`; each command stands there word for word.
 * - `sh account`: needs a Cloudflare account, so nobody here; that each command and flag exists is asked of its `--help`.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { commandsOf, type Block, type Document } from './documents.ts'

const runners: Readonly<Record<string, string>> = {
  start: 'tests/readme.test.ts',
  own: 'tests/readme.test.ts',
  run: 'tests/readme.test.ts',
  'data-start': 'tests/real-data.test.ts',
  data: 'tests/real-data.test.ts',
}

/** One complaint for each block without a runner, and for each command that its runner does not know. */
export function shellComplaints(documents: readonly Document[], root: string): string[] {
  const blocks = documents
    .flatMap((each) => each.blocks)
    .filter(({ language }) => /^(sh|bash|shell|console)$/.test(language))
  return blocks.flatMap((block) =>
    complaintsAbout(block, root).map((why) => `${block.document}:${block.line}: ${why}`),
  )
}

function complaintsAbout(block: Block, root: string): string[] {
  const { language, tag = '' } = block
  if (language !== 'sh') return [`call the block \`sh\`, not \`${language}\`.`]
  if (tag === 'ci') return ciComplaints(block, root)
  if (tag === 'account') return commandsOf(block).flatMap((command) => accountComplaints(command, root))
  const runner = runners[tag]
  if (runner === undefined)
    return ['say who runs this block: sh start, sh run, sh ci or sh account (tools/docs/shell.ts).']
  const takesBlocks =
    existsSync(join(root, runner)) && readFileSync(join(root, runner), 'utf8').includes(`'${tag}'`)
  return takesBlocks ? [] : [`${runner} does not run it: let it take shellBlocks(root, '${tag}').`]
}

function ciComplaints(block: Block, root: string): string[] {
  const script = readFileSync(join(root, '.ci/run'), 'utf8')
  return commandsOf(block)
    .filter((command) => !script.includes(command))
    .map((command) => `.ci/run has no \`${command}\`.`)
}

/** `cd <folder> && <wrangler or mesh command>`, perhaps with something piped into it. */
function accountComplaints(line: string, root: string): string[] {
  return line.split(/\s*(?:&&|\|)\s*/).flatMap((command) => {
    const words = command.split(/\s+/)
    if (words[0] === 'echo' || words[0] === 'cat') return []
    if (words[0] === 'cd')
      return existsSync(join(root, words[1] ?? '')) ? [] : [`there is no folder ${words[1]}.`]
    const [, program = '', rest = ''] = /^npx (?:pnpm (?:exec )?)?(wrangler|mesh)\s*(.*)$/.exec(command) ?? []
    return program === ''
      ? [`\`${command}\` is neither wrangler nor mesh: nobody can check it.`]
      : helpComplaints(program, rest, root)
  })
}

/** Asks the program's own help; its first line of usage repeats the subcommand when there is one of that name. */
function helpComplaints(program: string, rest: string, root: string): string[] {
  const words = rest.split(/\s+/).filter((word) => word !== '')
  const start =
    program === 'mesh'
      ? [process.execPath, join(root, 'packages/cli/src/main.ts')]
      : [join(root, 'node_modules/.bin/wrangler')]
  const subcommand = words.filter((word) => /^[a-z][a-z0-9-]*$/.test(word))
  const [file = '', ...before] = start
  const { stdout } = spawnSync(file, [...before, ...subcommand, '--help'], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, CI: 'true', WRANGLER_SEND_METRICS: 'false' },
  })
  const usage = new RegExp(`${program} ([a-z0-9 -]*)`).exec(stdout)?.[1]?.trim() ?? ''
  if (usage === '' || /^COMMANDS$/m.test(stdout) || !subcommand.join(' ').startsWith(usage)) {
    return [`${program} has no command \`${subcommand.join(' ')}\`.`]
  }
  const flags = words.filter((word) => word.startsWith('--')).map((word) => word.replace(/=.*/, ''))
  return flags
    .filter((flag) => !stdout.includes(flag))
    .map((flag) => `\`${program} ${usage}\` has no flag ${flag}.`)
}
