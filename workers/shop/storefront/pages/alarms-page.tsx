/** For the shop's people: tampering that was seen, and what checkouts found today. */
import type { Alarm, StateCount } from '../alarm.ts'
import { moment } from '../words.ts'
import { page } from './frame.tsx'

/** The page. */
export function alarmsPage({
  alarms,
  today,
}: {
  readonly alarms: readonly Alarm[]
  readonly today: readonly StateCount[]
}) {
  return page({
    title: 'Alarms',
    children: (
      <>
        <h1>Alarms</h1>
        <p class="lead">
          An alarm says that somebody wrote into the flags’ namespace what risk.fraud did not sign. What they
          wrote is ignored.
        </p>
        <section class="card">
          {alarms.length === 0 ? (
            <p>None.</p>
          ) : (
            <table>
              <thead>
                <tr>
                  <th scope="col">Cause</th>
                  <th scope="col">First seen</th>
                  <th scope="col">Last seen</th>
                  <th scope="col">Decided without the flag</th>
                </tr>
              </thead>
              <tbody>
                {alarms.map(({ cause, first_ms, last_ms, decisions }) => (
                  <tr>
                    <th scope="row">
                      <code>{cause}</code>
                    </th>
                    <td>{moment(first_ms)}</td>
                    <td>{moment(last_ms)}</td>
                    <td>{decisions}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </section>
        <section class="card" aria-labelledby="today">
          <h2 id="today">What checkouts found today</h2>
          {today.length === 0 && <p class="quiet">No checkout yet.</p>}
          <dl>
            {today.map(({ state, cause, times }) => (
              <div>
                <dt>
                  {state} {cause !== '' && <code>{cause}</code>}
                </dt>
                <dd>{times}</dd>
              </div>
            ))}
          </dl>
        </section>
      </>
    ),
  })
}
