/** The catalog's pages, each with its `.json` and `.md` twin. */
import { Hono, type Context } from 'hono'
import { dayOf, type CatalogApp, type World } from '../env.ts'
import { readPolicies } from '../governance/policies-document.ts'
import { signedIn } from '../people/who.ts'
import { CatalogError } from '../problems.ts'
import type { ListDocument, ProductDocument } from '../products/documents.ts'
import { accessPages } from './access/routes.ts'
import { listPage } from './list-page.tsx'
import { listMarkdown, policiesMarkdown, problemsMarkdown } from './markdown.ts'
import { plainJson, plainText } from './plain-text.ts'
import { policiesPage } from './policies-page.tsx'
import { problemPage, problemsPage } from './problem-page.tsx'
import { allProblems, problemsOf } from './problem-registry.ts'
import { productMarkdown } from './product-markdown.ts'
import { productPage } from './product-page.tsx'
import { createReadDocuments } from './read-documents.ts'
import { trustOf } from './trust.ts'

type C = Context<CatalogApp>

/** Lists, products, policies, problems, access. */
export function pageRoutes(world: World) {
  const read = createReadDocuments(world)

  const readList = (c: C): Promise<ListDocument> =>
    read.list(c.env, {
      query: c.req.query('q')?.trim().slice(0, 200) || null,
      allMajors: c.req.query('majors') === 'all',
    })
  const readProduct = (c: C, id: string): Promise<ProductDocument> =>
    read.product(c.env, id, c.req.query('major'))
  const policies = (c: C) => readPolicies(c.env.DB, dayOf(new Date(world.now()).toISOString()))

  const who = (c: C) => signedIn(c, world)

  return new Hono<CatalogApp>()
    .route('/', accessPages(world))
    .get('/', async (c) => c.html(listPage(plainText(await readList(c)), true, await who(c))))
    .get('/products', async (c) => c.html(listPage(plainText(await readList(c)), false, await who(c))))
    .get('/products.json', async (c) => json(c, await readList(c)))
    .get('/products.md', async (c) => markdown(c, listMarkdown(plainText(await readList(c)), c.env.ISSUER)))
    .get('/products/:file', async (c) => {
      const { name, extension } = split(c.req.param('file'), 2)
      const product = await readProduct(c, name)
      if (extension === 'json') return json(c, { ...product, trust: trustOf(product) })
      const plain = plainText(product)
      return extension === 'md'
        ? markdown(c, productMarkdown(plain))
        : c.html(productPage(plain, await who(c)))
    })
    .get('/policies', async (c) => c.html(policiesPage(plainText(await policies(c)), await who(c))))
    .get('/policies.json', async (c) => json(c, await policies(c)))
    .get('/policies.md', async (c) => markdown(c, policiesMarkdown(plainText(await policies(c)))))
    .get('/problems', async (c) => c.html(problemsPage(await who(c))))
    .get('/problems.json', (c) => c.json({ problems: allProblems() }))
    .get('/problems.md', (c) => markdown(c, problemsMarkdown(allProblems())))
    .get('/problems/:file', async (c) => {
      const { name: code, extension } = split(c.req.param('file'), 1)
      const found = problemsOf(code)
      if (!/^[a-z0-9_]{1,60}$/.test(code)) throw new CatalogError('not_found', 'This is no code.')
      if (extension === 'json') return c.json({ code, problems: found })
      if (extension === 'md') return markdown(c, problemsMarkdown(found))
      return c.html(problemPage({ code, session: await who(c) }))
    })
}

/** Splits `purchase.orders.json`: the name has `parts` dotted parts, what follows is the extension. */
function split(file: string, parts: number) {
  const all = file.split('.')
  const extension = all.slice(parts).join('.')
  const known = extension === 'json' || extension === 'md'
  return {
    name: known ? all.slice(0, parts).join('.') : file,
    extension: known ? extension : undefined,
  } as const
}

const json = (c: C, document: object) =>
  c.body(plainJson(document), 200, { 'content-type': 'application/json' })

const markdown = (c: C, text: string) => c.body(text, 200, { 'content-type': 'text/markdown; charset=utf-8' })
