/** The contract package runs in a browser as it does in Node and in workerd (its own tests): it needs no platform. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type * as Main from '@meshloop/contract'
import { contractHash, defineProduct, id, readContract, rowReader, time } from '@meshloop/contract'
import type * as Documents from '@meshloop/contract/documents'
import { toJsonSchema } from '@meshloop/contract/documents'
import { build } from 'esbuild'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser } from './browser.ts'

const root = join(import.meta.dirname, '..')

const visits = defineProduct({
  id: 'shop.visits',
  version: '1.0.0',
  title: 'Visits',
  purpose: 'For the browser.',
  owner: { team: 'Shop', support: 'shop@shop.example' },
  fields: { visit_id: id('Visit'), at: time('When') },
  key: ['visit_id'],
  eventTime: 'at',
  freshness: 'PT5M',
})
const rows = [{ visit_id: 'v1', at: '2026-01-31T10:30:00+01:00' }, { visit_id: 'v 1' }]

/** What a page does with the package; it stands on `globalThis.contract`. */
interface InPage {
  readonly main: typeof Main
  readonly documents: typeof Documents
}

describe('the contract package in a browser', () => {
  let server: Server
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    const script = await bundleForBrowser()
    server = createServer((_, response) => {
      response.setHeader('content-type', 'text/html')
      response.end('<!doctype html><title>contract</title>')
    })
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    browser = await launchBrowser()
    page = await browser.newPage()
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    await page.addScriptTag({ content: script })
  })
  afterAll(async () => {
    await browser.close()
    server.close()
  })

  it('reads a contract, names it, and writes its documents as everywhere else', async () => {
    const inPage = await page.evaluate(
      async ({ definition }) => {
        const { main, documents } = (globalThis as unknown as { contract: InPage }).contract
        const contract = main.readContract(definition)
        return { hash: await main.contractHash(contract), schema: documents.toJsonSchema(contract) }
      },
      { definition: visits },
    )
    expect(inPage).toEqual({ hash: await contractHash(visits), schema: toJsonSchema(visits) })
  })

  it('reads rows as everywhere else', async () => {
    const inPage = await page.evaluate(
      ({ definition, sent }) => {
        const { main } = (globalThis as unknown as { contract: InPage }).contract
        return sent.map(main.rowReader(main.readContract(definition)))
      },
      { definition: visits, sent: rows },
    )
    expect(inPage).toEqual(rows.map(rowReader(readContract(visits))))
    expect(inPage[0]).toEqual({ record: { visit_id: 'v1', at: '2026-01-31T09:30:00.000Z' } })
  })
})

/** Every entry of the package in one script. The build fails on whatever only one platform has. */
async function bundleForBrowser(): Promise<string> {
  const { exports } = JSON.parse(readFileSync(join(root, 'packages/contract/package.json'), 'utf8')) as {
    exports: Record<string, string>
  }
  const contents = Object.keys(exports)
    .map(
      (entry) =>
        `export * as ${entry === '.' ? 'main' : entry.slice(2)} from '@meshloop/contract${entry.slice(1)}'`,
    )
    .join('\n')
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    globalName: 'contract',
    logLevel: 'silent',
  })
  return `${outputFiles[0]?.text}\nglobalThis.contract = contract`
}
