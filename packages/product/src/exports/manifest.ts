/** The manifest of an export: everything that is said of it, signed as a compact JWS (RFC 7515). */
import type { ExportFile } from './files.ts'
import type { ExportKey } from './signing-key.ts'
import { utf8 } from '../store/bytes.ts'

/** What a manifest says. */
export interface Manifest {
  readonly id: string
  readonly product: string
  /** Version of the contract, and the hash of the contract. */
  readonly version: string
  readonly contract: string
  readonly made_at: string
  /** The watermark at the moment at which the export began. */
  readonly as_of: string | null
  /** That moment: with the changes after it the export is the table. */
  readonly incarnation: string
  readonly seq: number
  /** Of one form. */
  readonly rows: number
  readonly bytes: Readonly<Record<ExportFile['format'], number>>
  readonly files: readonly ExportFile[]
}

/** `typ` of a manifest: a signature of something else is none. */
const MANIFEST_TYPE = 'meshloop-export+jws'

/** Signs a manifest. */
export async function signManifest(
  { privateKey, publicJwk: { kid } }: ExportKey,
  manifest: Manifest,
): Promise<string> {
  const text = [{ alg: 'EdDSA', typ: MANIFEST_TYPE, kid }, manifest]
    .map((part) => base64url(utf8(JSON.stringify(part))))
    .join('.')
  const signature = await crypto.subtle.sign('Ed25519', privateKey, utf8(text))
  return `${text}.${base64url(new Uint8Array(signature))}`
}

/** What a manifest of our own database says: its signature is for others. */
export function readManifest(signed: string): Manifest {
  const [, content = ''] = signed.split('.')
  return JSON.parse(
    new TextDecoder().decode(Uint8Array.fromBase64(content, { alphabet: 'base64url' })),
  ) as Manifest // written by signManifest
}

const base64url = (bytes: Uint8Array): string => bytes.toBase64({ alphabet: 'base64url', omitPadding: true })
