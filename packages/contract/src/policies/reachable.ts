/** Whether people can be reached: the same for a product's owner and a domain. */

/** Whether this names somebody, and does not stand in for a name. */
export const isTeam = (team: string): boolean =>
  /\p{L}{2}/u.test(team) && !/^(?:tbd|tba|todo|none|unknown|nobody|test|xxx+)$/i.test(team.trim())

/** Whether this is a mail address or an https URL, and so a place where questions can be asked. */
export function isSupport(support: string): boolean {
  if (/^[^\s@<>"/:]+@[^\s@<>"/:]+\.[^\s@<>"/:.]+$/.test(support)) return true
  const url = URL.canParse(support) ? new URL(support) : undefined
  return (
    url?.protocol === 'https:' && url.hostname.includes('.') && url.username === '' && url.password === ''
  )
}
