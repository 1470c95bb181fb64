/**
 * A headless Chromium for the browser tests, from npm alone: no system package, no download at test time.
 *
 * `@sparticuz/chromium` carries the binary as Brotli archives. They are unpacked once beside the installed packages
 * (its own unpacker writes to one fixed path in the temporary folder, where two runs at once see half a file). What the
 * machine lacks (NSS libraries, fonts) is taken from the same package, what it has is left alone.
 */
import { execFileSync } from 'node:child_process'
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { brotliDecompressSync, createBrotliDecompress } from 'node:zlib'
import { chromium, type Browser } from 'playwright-core'

/**
 * Starts Chromium; the caller closes it.
 *
 * It looks for no update and calls no vendor's service: every request that a test sees is one that the page made.
 */
export async function launchBrowser(): Promise<Browser> {
  const { executablePath, env } = await unpackedChromium()
  return chromium.launch({ executablePath, env, args: quietArguments })
}

/** `--no-sandbox` is playwright's default; without /dev/shm of a useful size (containers) pages crash. */
const quietArguments = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-dev-shm-usage',
  '--disable-domain-reliability',
  '--disable-gpu',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
  '--no-pings',
]

interface Unpacked {
  readonly executablePath: string
  readonly env: Record<string, string>
}

async function unpackedChromium(): Promise<Unpacked> {
  const entry = fileURLToPath(import.meta.resolve('@sparticuz/chromium'))
  const root = join(dirname(entry), '..')
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  const folder = join(import.meta.dirname, 'node_modules', '.cache', `chromium-${version}`)
  if (!existsSync(folder)) await unpack(join(root, 'bin'), folder)
  const executablePath = join(folder, 'chromium')
  return { executablePath, env: environment(folder, executablePath) }
}

/** Unpacks into a folder of its own and moves that into place, so that nobody ever sees half a binary. */
async function unpack(archives: string, folder: string): Promise<void> {
  mkdirSync(dirname(folder), { recursive: true })
  const partial = mkdtempSync(`${folder}-partial-`)
  await pipeline(
    createReadStream(join(archives, 'chromium.br')),
    createBrotliDecompress(),
    createWriteStream(join(partial, 'chromium'), { mode: 0o755 }),
  )
  for (const archive of ['al2023.tar.br', 'fonts.tar.br']) {
    const tar = brotliDecompressSync(readFileSync(join(archives, archive)))
    execFileSync('tar', ['-xf', '-', '-C', partial], { input: tar })
  }
  // The package's own file names the paths of a serverless platform.
  const fonts = `<fontconfig><dir>${join(folder, 'fonts')}</dir><cachedir>${join(folder, 'font-cache')}</cachedir></fontconfig>`
  writeFileSync(join(partial, 'fonts.conf'), `<?xml version="1.0"?>\n${fonts}\n`)
  try {
    renameSync(partial, folder)
  } catch (error) {
    // Another run was first; its folder holds the same.
    if (!existsSync(folder)) throw error
    rmSync(partial, { recursive: true })
  }
}

function environment(folder: string, executablePath: string): Record<string, string> {
  const inherited = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  )
  const lacksLibraries = execFileSync('ldd', [executablePath], { encoding: 'utf8' }).includes('not found')
  return {
    ...Object.fromEntries(inherited),
    ...(lacksLibraries ? { LD_LIBRARY_PATH: join(folder, 'lib') } : {}),
    ...(existsSync('/usr/share/fonts') ? {} : { FONTCONFIG_FILE: join(folder, 'fonts.conf') }),
  }
}
