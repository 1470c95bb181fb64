/** Writes registrations: the product, its history, its search entry and the entry in the audit log are one transaction. */
import { majorOf } from '@meshloop/contract'
import type { Scene } from '../env.ts'
import { act, guard, isGuardFailure, type Deed } from '../audit/act.ts'
import type { Notice } from '../notices/notice.ts'
import { CatalogError } from '../problems.ts'
import { endTokensStatement } from '../grants/grant-store.ts'
import { backfillHistory, historyEntry, type Judgement } from './history-store.ts'
import { domainOf, type Product, type Registration } from './product.ts'
import { searchEntry } from './search.ts'

/** What a contract changes so that a grant shows less than its tokens of before. An exception lets it into the same major. */
const takingBack: readonly string[] = ['class_raised', 'visibility_narrowed']

type Place = Pick<Scene, 'db' | 'newId'>

/**
 * Registers a contract that was judged against `previous` (null: none of this major was registered). Throws CatalogError
 * `registration_overtaken` if another is there by now.
 */
export async function putProduct(
  place: Place,
  registration: Registration,
  judgement: Judgement & { readonly previous: Pick<Product, 'contract_hash' | 'url'> | null },
): Promise<void> {
  const { db } = place
  const { contract, contract_hash, url, registered_by, at } = registration
  const { previous } = judgement
  const { id, version } = contract
  const major = majorOf(contract)
  const moved = previous !== null && previous.url !== url
  const takesBack = judgement.findings.some(({ code }) => takingBack.includes(code))
  await write(place, registration, {
    what: 'product.registered',
    by: `client:${registered_by}`,
    about: {
      product: id,
      major,
      version,
      contract_hash,
      url,
      ...(moved ? { moved_from: previous.url } : {}),
      ...(takesBack ? { tokens: 'ended' } : {}),
    },
    statements: [
      guard(
        db,
        '(SELECT contract_hash FROM products WHERE id = ?1 AND major = ?2) IS ?3',
        id,
        major,
        previous?.contract_hash ?? null,
      ),
      backfillHistory(db, id, major),
      historyEntry(db, registration, { ...judgement, previous: previous?.contract_hash ?? null }),
      // Another contract may have had this version once, and its entry stays.
      guard(
        db,
        'EXISTS (SELECT 1 FROM registrations WHERE product = ?1 AND version = ?2 AND contract_hash = ?3)',
        id,
        version,
        contract_hash,
      ),
      db
        .prepare(
          `INSERT INTO products (id, major, domain, url, contract, contract_hash, registered_by, registered_at, updated_at)
           VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8)
           ON CONFLICT (id, major) DO UPDATE SET url = excluded.url, contract = excluded.contract,
             contract_hash = excluded.contract_hash, registered_by = excluded.registered_by, updated_at = excluded.updated_at`,
        )
        .bind(id, major, domainOf(id), url, JSON.stringify(contract), contract_hash, registered_by, at),
      ...searchEntry(db, contract, major),
      ...(takesBack ? [endTokensStatement(db, { id, major, at })] : []),
    ],
    notices: moved ? [movedNotice({ id, major, from: previous.url, to: url })] : [],
  })
}

/**
 * Notes where a product of an unchanged contract answers now; the same address again changes nothing. Tokens for the old one
 * are no good at the new one: their `aud` is the address. Throws CatalogError `registration_overtaken`.
 */
export async function moveProduct(
  place: Place,
  { id, major, url: from }: Pick<Product, 'id' | 'major' | 'url'>,
  registration: Registration,
): Promise<void> {
  const { url: to, registered_by, at } = registration
  if (from === to) return
  const { db } = place
  await write(place, registration, {
    what: 'product.moved',
    by: `client:${registered_by}`,
    about: { product: id, major, url: to, moved_from: from },
    statements: [
      guard(db, '(SELECT url FROM products WHERE id = ?1 AND major = ?2) IS ?3', id, major, from),
      db
        .prepare(
          'UPDATE products SET url = ?3, registered_by = ?4, updated_at = ?5 WHERE id = ?1 AND major = ?2',
        )
        .bind(id, major, to, registered_by, at),
    ],
    notices: [movedNotice({ id, major, from, to })],
  })
}

async function write({ db, newId }: Place, { at, contract }: Registration, deed: Deed): Promise<void> {
  try {
    await act({ db, newId, at }, deed)
  } catch (cause) {
    if (!isGuardFailure(cause)) throw cause
    throw new CatalogError(
      'registration_overtaken',
      `${contract.id} ${majorOf(contract)} was registered by somebody else while this was judged.`,
      { cause },
    )
  }
}

/** The domain hears of it: whoever got hold of its publisher's key cannot lead its readers elsewhere unseen. */
const movedNotice = ({
  id,
  major,
  from,
  to,
}: {
  id: string
  major: number
  from: string
  to: string
}): Notice => ({
  type: 'product.moved',
  data: { product: id, major, from, to },
  to: { domains: [domainOf(id)], consumers: [] },
})
