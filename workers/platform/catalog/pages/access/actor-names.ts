/** Who did something, in words: the audit log names people by their ids. */

/** Reads the names of actors, by the name that the audit log gives them. */
export async function readActorNames(
  db: D1Database,
  actors: readonly (string | null)[],
): Promise<Readonly<Record<string, string>>> {
  const all = [...new Set(actors.filter((actor) => actor !== null))]
  const ids = all.flatMap((actor) => (actor.startsWith('person:') ? [actor.slice('person:'.length)] : []))
  const { results } = await db
    .prepare('SELECT id, name FROM people WHERE id IN (SELECT value FROM json_each(?1))')
    .bind(JSON.stringify(ids))
    .all<{ id: string; name: string }>()
  const people = new Map(results.map(({ id, name }) => [id, name]))
  return Object.fromEntries(all.map((actor) => [actor, nameOf(actor, people)]))
}

function nameOf(actor: string, people: ReadonlyMap<string, string>): string {
  const [, kind = '', id = ''] = /^(\w+):(.*)$/s.exec(actor) ?? []
  switch (kind) {
    case 'person':
      return people.get(id) ?? 'somebody'
    case 'client':
      return id
    case 'contract':
      return `the contract itself (${id})`
    default:
      return actor === 'operator' ? 'the operator' : actor
  }
}
