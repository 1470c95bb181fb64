/** The secret of a database: made once, kept in it, and read once an isolate. It goes wherever the data goes. */
import { sql, statement } from './sql.ts'
import { utf8 } from './bytes.ts'

const SECRET_BYTES = 32

/** How a key for one purpose follows from the secret (HKDF-SHA-256, RFC 5869). `info` names the purpose. */
export const hkdf = (info: string) => ({
  name: 'HKDF',
  hash: 'SHA-256',
  salt: new Uint8Array(),
  info: utf8(info),
})

/** Reads the database's secret, 32 bytes; makes it if there is none yet. `random` fills an array, as `crypto.getRandomValues` does. */
export async function readSecret(
  db: D1Database,
  random: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const found = await read(db)
  if (found) return found
  const made = random(new Uint8Array(SECRET_BYTES)).toBase64({ alphabet: 'base64url' })
  // Of two isolates that make one at the same time, both read the one that was first.
  await statement(db, sql`INSERT INTO _secret (one, secret) VALUES (1, ${made}) ON CONFLICT DO NOTHING`).run()
  const kept = await read(db)
  if (kept) return kept
  throw new Error('the secret that was written is not there')
}

async function read(db: D1Database): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const row = await statement(db, sql`SELECT secret FROM _secret`).first<{ secret: string }>()
  return row ? Uint8Array.fromBase64(row.secret, { alphabet: 'base64url' }) : undefined
}
