/** Whether a consumer has an answer already (RFC 9110, section 13.1.2). */

/** Whether `If-None-Match` names this entity tag, strong or weak, or any. */
export const isKnown = (request: Request, etag: string): boolean =>
  (request.headers.get('if-none-match') ?? '')
    .split(',')
    .map((each) => each.trim())
    .some((each) => each === '*' || each === etag || each === `W/${etag}`)
