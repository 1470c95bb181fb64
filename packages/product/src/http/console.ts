/** The console: a page for people to try the product's interface in, under a strict content policy, without a script readable as well. */
import { majorOf } from '@meshloop/contract'
import { html } from 'hono/html'
import type { Runtime } from '../env.ts'
import { operationsOf } from '../openapi/document.ts'
import { tags } from '../openapi/operation.ts'
import { basePath } from './base-path.ts'
import { operationForm } from './console-operation.ts'
import { consoleScript } from './console-script.ts'
import { consoleStyle } from './console-style.ts'
import { lifeSentence } from './deprecation.ts'

/** Headers of the page: nothing from elsewhere, nothing inline, no framing. */
const policy = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
}

/** `GET /docs` */
export async function consolePage(runtime: Runtime): Promise<Response> {
  const { contract, env } = runtime
  const base = basePath(contract)
  const operations = operationsOf(contract)
  const groups = (Object.keys(tags) as (keyof typeof tags)[]).map((tag) => ({
    tag,
    own: operations.filter((operation) => operation.tag === tag),
  }))
  const page = await html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${contract.title}: console</title>
        <link rel="stylesheet" href="${base}/docs/console.css" />
        <script type="module" src="${base}/docs/console.js"></script>
      </head>
      <body data-base="${base}">
        <header>
          <p>
            <a href="${env.ISSUER}/products/${contract.id}">${contract.id}</a> · version ${contract.version}
          </p>
          <h1>${contract.title}</h1>
          <p>${contract.purpose}</p>
          ${lifeNotice(runtime)}
          <p>
            <a href="${base}/openapi.json">OpenAPI document</a> ·
            <a href="${base}/contract">Contract (ODCS)</a> ·
            <a href="${base}/contract?format=markdown">Contract to read</a>
          </p>
          <noscript
            ><p class="notice">
              Trying requests here needs JavaScript; the OpenAPI document works with any client.
            </p></noscript
          >
        </header>
        <main>
          <label class="token"
            >Access token
            <input
              id="token"
              autocomplete="off"
              spellcheck="false"
              placeholder="npx pnpm mesh token ${contract.id}${contract.projects ? ` --major ${majorOf(contract)}` : ''}"
            />
            <small>Kept in this page alone, and gone when it is closed.</small></label
          >
          ${groups.map(({ tag, own }) =>
            own.length === 0
              ? ''
              : html`<section aria-labelledby="${tag}">
                  <h2 id="${tag}">${tag}</h2>
                  <p class="soft">${tags[tag]}</p>
                  ${own.map((operation) => operationForm(operation, env.ISSUER))}
                </section>`,
          )}
        </main>
      </body>
    </html>`
  return new Response(page.toString(), { headers: { 'content-type': 'text/html; charset=utf-8', ...policy } })
}

/** Who reads this should know when it ends, and where to go on. */
function lifeNotice({ contract, newestUrl }: Runtime) {
  const life = lifeSentence(contract)
  const successor = contract.projects
    ? html`<a href="${newestUrl}/docs">Version ${contract.projects.major} takes its place.</a>`
    : ''
  return life === undefined && successor === ''
    ? ''
    : html`<p class="notice"><strong>${life ?? ''}</strong> ${successor}</p>`
}

const file = (body: string, type: string) => (): Response =>
  new Response(body, { headers: { 'content-type': type, 'cache-control': 'public, max-age=3600' } })

/** What the page loads, by file name. */
export const consoleFiles: Readonly<Record<string, () => Response>> = {
  'console.js': file(consoleScript, 'text/javascript; charset=utf-8'),
  'console.css': file(consoleStyle, 'text/css; charset=utf-8'),
}
