/** The clients of one's domains, and the form that makes a consumer. */
import type { Client } from '../../clients/client-store.ts'
import type { Session } from '../../people/sessions.ts'
import { Section } from '../fact.tsx'
import { ActForm, described, Field, MistakeList, type Filled } from './form-parts.tsx'

/** The section. */
export function ConsumerList({
  clients,
  session,
  filled,
}: {
  clients: readonly Client[]
  session: Session
  filled: Filled
}) {
  const owned = session.person.roles.filter(({ role }) => role === 'owner').map(({ domain }) => domain)
  return (
    <Section id="consumers" title="Consumers, sources and their keys">
      {clients.length === 0 ? (
        <p class="empty">
          Your domain has none yet. A consumer is an app, a team or an agent that reads, with its own key
          {owned.length > 0 ? ': make one below.' : '. An owner of your domain makes one.'}
        </p>
      ) : (
        <ul class="client-list">
          {clients.map(({ id, kind }) => (
            <li>
              <a href={`/clients/${id}`}>{id}</a> <span class="quiet">{kind}</span>
            </li>
          ))}
        </ul>
      )}
      {owned.length > 0 && <NewConsumer owned={owned} session={session} filled={filled} />}
    </Section>
  )
}

function NewConsumer({
  owned,
  session,
  filled: { values, mistakes },
}: {
  owned: readonly string[]
  session: Session
  filled: Filled
}) {
  return (
    <section class="panel" aria-labelledby="new-consumer">
      <h3 id="new-consumer">Make a consumer</h3>
      <MistakeList mistakes={mistakes} />
      <ActForm session={session} act="make_consumer">
        <Field
          name="consumer_id"
          label="Its name"
          hint={`With the domain in front: ${owned[0]}.weekly-report. Small letters, digits and dashes. It stays.`}
          mistakes={mistakes}
        >
          <input
            id="consumer_id"
            name="consumer_id"
            type="text"
            maxlength={128}
            value={values.get('consumer_id') ?? `${owned[0]}.`}
            {...described('consumer_id', mistakes, true)}
          />
        </Field>
        <div class="actions">
          <button type="submit">Make it</button>
        </div>
      </ActForm>
    </section>
  )
}
