/** Names that people take for each other: a product may not look like one of another domain, whose readers it would draw to itself. */
import { CatalogError } from '../problems.ts'
import { domainOf } from './product.ts'

/** What a reader sees in a hurry; ids hold small letters, digits and hyphens. */
const skeletonOf = (part: string): string =>
  part
    .replaceAll('-', '')
    .replaceAll('0', 'o')
    .replaceAll('1', 'l')
    .replaceAll('5', 's')
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w')
    .replaceAll('cl', 'd')
    .replaceAll('i', 'l')

/** In a shorter word one letter makes another word: `hr` and `pr` are two domains. */
const leastChars = 5

/** Throws CatalogError `name_too_similar` if the id looks like a registered one of another domain. */
export async function checkLookAlike(db: D1Database, id: string): Promise<void> {
  const { results } = await db
    .prepare('SELECT DISTINCT id FROM products WHERE domain <> ?1 ORDER BY id')
    .bind(domainOf(id))
    .all<{ id: string }>()
  const other = results.find((product) => looksLike(id, product.id))
  if (!other) return
  throw new CatalogError(
    'name_too_similar',
    `${id} looks like ${other.id}, a product of another domain. Choose another name.`,
  )
}

/** Whether two ids look the same, or differ in one letter of a part that is long enough. */
export function looksLike(a: string, b: string): boolean {
  const [domainA = '', productA = ''] = a.split('.').map(skeletonOf)
  const [domainB = '', productB = ''] = b.split('.').map(skeletonOf)
  if (domainA === domainB) return productA === productB || isNear(productA, productB)
  return productA === productB && isNear(domainA, domainB)
}

/** One letter put in, left out or changed, or two neighbours swapped. */
function isNear(a: string, b: string): boolean {
  if (Math.min(a.length, b.length) < leastChars || Math.abs(a.length - b.length) > 1) return false
  const start = a.split('').findIndex((letter, at) => letter !== b[at])
  if (start === -1) return true
  const [restA, restB] = [a.slice(start), b.slice(start)]
  return (
    restA.slice(1) === restB.slice(1) ||
    restA.slice(1) === restB ||
    restA === restB.slice(1) ||
    (restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2))
  )
}
