/** Whether a consumer has an answer already (RFC 9110, section 13.1.2). */

/** Whether `If-None-Match` names this entity tag, strong or weak, or any. */
export function isKnown(request: Request, etag: string): boolean {
  const named = request.headers.get('if-none-match')
  if (named === null || named === etag) return named !== null
  return named
    .split(',')
    .map((each) => each.trim())
    .some((each) => each === '*' || each === etag || each === `W/${etag}`)
}
