/** The catalog's pages, each with its `.json` and `.md` twin. */
import { Hono, type Context } from 'hono'
import { listGrants } from '../access/grants.ts'
import type { CatalogApp } from '../env.ts'
import { CatalogError } from '../problems.ts'
import {
  listDocument,
  productDocument,
  type ListDocument,
  type ProductDocument,
} from '../products/documents.ts'
import type { ReadStates } from '../products/live-state.ts'
import { findProduct, listProducts } from '../products/product-store.ts'
import { searchProducts } from '../products/search.ts'
import { listPage } from './list-page.tsx'
import { listMarkdown, problemsMarkdown, productMarkdown } from './markdown.ts'
import { problemPage, problemsPage } from './problem-page.tsx'
import { allProblems, problemsOf } from './problem-registry.ts'
import { productPage } from './product-page.tsx'
import { trustOf } from './trust.ts'

type C = Context<CatalogApp>

/** Lists, products, problems. `readStates` asks products how they stand. */
export function pageRoutes(readStates: ReadStates) {
  return new Hono<CatalogApp>()
    .get('/', async (c) => c.html(listPage(await readList(c, readStates), true)))
    .get('/products', async (c) => c.html(listPage(await readList(c, readStates), false)))
    .get('/products.json', async (c) => c.json(await readList(c, readStates)))
    .get('/products.md', async (c) => markdown(c, listMarkdown(await readList(c, readStates), c.env.ISSUER)))
    .get('/products/:file', async (c) => {
      const { name, extension } = split(c.req.param('file'), 2)
      const product = await readProduct(c, name, readStates)
      if (extension === 'json') return c.json({ ...product, trust: trustOf(product) })
      return extension === 'md' ? markdown(c, productMarkdown(product)) : c.html(productPage(product))
    })
    .get('/problems', (c) => c.html(problemsPage()))
    .get('/problems.json', (c) => c.json({ problems: allProblems() }))
    .get('/problems.md', (c) => markdown(c, problemsMarkdown(allProblems())))
    .get('/problems/:file', (c) => {
      const { name: code, extension } = split(c.req.param('file'), 1)
      const found = problemsOf(code)
      if (!/^[a-z0-9_]{1,60}$/.test(code)) throw new CatalogError('not_found', 'This is no code.')
      if (extension === 'json') return c.json({ code, problems: found })
      return extension === 'md' ? markdown(c, problemsMarkdown(found)) : c.html(problemPage({ code }))
    })
}

/** The greatest major of each product, or with `?majors=all` every one: whoever runs and checks them needs all. */
async function readList(c: C, readStates: ReadStates): Promise<ListDocument> {
  const query = c.req.query('q')?.trim().slice(0, 200) || null
  const [all, grants] = await Promise.all([listProducts(c.env.DB), listGrants(c.env.DB)])
  const hits = query === null ? undefined : await searchProducts(c.env.DB, query)
  const listed =
    c.req.query('majors') === 'all'
      ? all
      : all.filter(({ id, major }) => !all.some((other) => other.id === id && other.major > major))
  const shown = hits
    ? hits.flatMap((hit) => all.find(({ id, major }) => id === hit.id && major === hit.major) ?? [])
    : listed
  return listDocument(shown, query, { all, grants, states: await readStates(c.env, shown) })
}

/** The greatest major of a product, or that of `?major=`: consumers of an older one must find it as long as it is there. */
async function readProduct(c: C, id: string, readStates: ReadStates): Promise<ProductDocument> {
  const { env } = c
  const asked = c.req.query('major')
  const major = asked === undefined ? undefined : /^[1-9]\d{0,3}$/.test(asked) ? Number(asked) : 0
  const product = await findProduct(env.DB, id, major)
  if (!product) {
    const what = asked === undefined ? id : `${id} with the major ${asked.slice(0, 10)}`
    throw new CatalogError('product_unknown', `No product ${what.slice(0, 100)} is registered.`)
  }
  const [all, grants, states] = await Promise.all([
    listProducts(env.DB),
    listGrants(env.DB, id),
    readStates(env, [product]),
  ])
  return productDocument(product, { all, grants, states })
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

const markdown = (c: C, text: string) => c.body(text, 200, { 'content-type': 'text/markdown; charset=utf-8' })
