/** A Worker whose settings are wrong answers like one: whatever it is asked, a problem says so. */
import { createExecutionContext } from 'cloudflare:test'
import { expect, it } from 'vitest'
import { serve } from '../src/index.ts'
import { openThings, things } from './ingest-things.ts'

it.each(['GET', 'POST', 'HEAD', 'OPTIONS'])('%s', async (method) => {
  const { env } = await openThings()
  const path = method === 'POST' || method === 'OPTIONS' ? '/ingest' : '/records'
  const request = new Request(env.BASE_URL + path, { method })
  const worker = serve({ contract: things })
  const response = await worker.fetch(request, { ...env, SOURCES: 'none' }, createExecutionContext())
  expect(response.status).toBe(method === 'OPTIONS' ? 204 : 500)
  if (method === 'GET' || method === 'POST') expect(await response.json()).toMatchObject({ code: 'internal' })
})
