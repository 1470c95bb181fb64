/** Fetches a JSON document from a host that we do not control, within the bounds of fetch-text.ts. */
import { FetchError, fetchText, type FetchOptions } from './fetch-text.ts'

export { FetchError, type Fetch, type FetchFailure, type FetchOptions } from './fetch-text.ts'

/** GETs `url` and parses the body. Throws {@link FetchError}; a redirect is an error, never followed. */
export async function fetchJson(url: string, options: FetchOptions): Promise<unknown> {
  const headers = { accept: 'application/json', ...options.headers }
  const { text, status } = await fetchText(url, { ...options, headers })
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new FetchError('not_json', `${url} did not answer JSON.`, status, cause)
  }
}
