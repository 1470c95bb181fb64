/**
 * Signs notices as Standard Webhooks 1.0 asks (standardwebhooks.com), so that receivers verify them with the libraries that
 * there are.
 */

/**
 * The secret of a webhook: `whsec_` and 32 bytes in base64. It is derived from WEBHOOK_KEY and the webhook's id, so that none
 * is kept anywhere.
 */
export async function webhookSecret(webhookKey: string, id: string): Promise<string> {
  const bytes = await hmac(
    Uint8Array.fromBase64(webhookKey, { alphabet: 'base64url' }),
    `meshloop webhook ${id}`,
  )
  return `whsec_${bytes.toBase64()}`
}

/** The headers of one attempt. `at`: Unix ms. */
export async function webhookHeaders(
  secret: string,
  { id, body, at }: { readonly id: string; readonly body: string; readonly at: number },
): Promise<Readonly<Record<string, string>>> {
  const timestamp = Math.floor(at / 1000)
  const key = Uint8Array.fromBase64(secret.slice('whsec_'.length))
  const signature = await hmac(key, `${id}.${timestamp}.${body}`)
  return {
    'content-type': 'application/json',
    'user-agent': 'Meshloop',
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': `v1,${signature.toBase64()}`,
  }
}

async function hmac(key: Uint8Array<ArrayBuffer>, text: string): Promise<Uint8Array<ArrayBuffer>> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const imported = await crypto.subtle.importKey('raw', key, algorithm, false, ['sign'])
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, new TextEncoder().encode(text)))
}
