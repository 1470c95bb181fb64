/** The flag as the shop saw it: state, age, reasons, never just a colour. */
import type { FlagSeen } from '../flag.ts'
import { measured } from '../words.ts'

const words: Readonly<Record<FlagSeen['state'], { readonly name: string; readonly means: string }>> = {
  known: { name: 'Known', means: 'Signed by risk.fraud, complete and fresh.' },
  unknown: {
    name: 'Unknown',
    means: 'Proved that nothing is known of this customer. That is not “no risk”.',
  },
  stale: { name: 'Stale', means: 'Signed, but older than promised: used as context only.' },
  untrusted: { name: 'Untrusted', means: 'Somebody tampered with it: ignored, and an alarm is raised.' },
  unavailable: { name: 'Unavailable', means: 'There is no flag to be had: the shop’s own rules decide.' },
}

/** The card. `title` says when it was seen, `ageMs` how old it then was. */
export function FlagCard({ title, flag, catalog }: { title: string; flag: FlagSeen; catalog: string }) {
  const { name, means } = words[flag.state]
  return (
    <section class={`card flag ${flag.state}`} aria-labelledby="flag">
      <h2 id="flag">{title}</h2>
      <p>
        <strong class="state">{name}</strong> {flag.cause !== null && <code>{flag.cause}</code>}
      </p>
      <p class="quiet">{means}</p>
      <dl>
        <Fact name="Score" value={flag.score === null ? null : `${flag.score} of 1000`} />
        <Fact name="Age of the flag" value={flag.ageMs === null ? null : measured(Math.max(0, flag.ageMs))} />
        <Fact
          name="Complete up to"
          value={flag.watermarkMs === null ? null : new Date(flag.watermarkMs).toISOString().slice(11, 23)}
        />
        <Fact name="Read in" value={`${flag.tookMs} ms`} />
      </dl>
      {flag.reasons.length > 0 && (
        <ul class="codes" aria-label="Reasons in the flag">
          {flag.reasons.map(({ code, points }) => (
            <li>
              <code>{code}</code> {points}
            </li>
          ))}
        </ul>
      )}
      {flag.breaches.length > 0 && <p class="quiet">Broken promises behind it: {flag.breaches.join(', ')}</p>}
      {flag.events.length > 0 && <p class="quiet">Noticed: {flag.events.join(', ')}</p>}
      <p>
        <a href={`${catalog}/products/risk.fraud`}>Where it comes from: risk.fraud in the catalog</a>
      </p>
    </section>
  )
}

function Fact({ name, value }: { name: string; value: string | null }) {
  if (value === null) return null
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  )
}
