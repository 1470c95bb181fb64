/** The browser starts on this machine, renders, clicks, and asks nobody but the page's own server. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { launchBrowser } from './browser.ts'

test('a page is rendered, clicked and photographed', async () => {
  const page = '<title>closed</title><h1>Meshloop</h1><button onclick="document.title=\'open\'">open</button>'
  const server = createServer((_, response) => response.setHeader('content-type', 'text/html').end(page))
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const browser = await launchBrowser()
  try {
    const tab = await browser.newPage()
    await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    await tab.getByRole('button', { name: 'open' }).click()
    expect(await tab.title()).toBe('open')
    const heading = await tab.getByRole('heading').boundingBox()
    expect(heading?.height, 'without a font the heading has no height').toBeGreaterThan(10)
    const png = await tab.screenshot()
    expect(png.subarray(1, 4).toString()).toBe('PNG')
  } finally {
    await browser.close()
    server.close()
  }
})
