/** The customer's inbox: what an e-mail would say. */
import type { Message, MessagePart } from '../inbox.ts'
import { confirmPath, orderPath } from '../paths.ts'
import { moment, money } from '../words.ts'
import { page } from './frame.tsx'

/** The page. */
export function inboxPage(customerId: string, messages: readonly Message[]) {
  return page({
    title: 'Inbox',
    customerId,
    children: (
      <>
        <p class="eyebrow">
          Messages to <code>{customerId}</code>
        </p>
        <h1>Inbox</h1>
        {messages.length === 0 && <p class="lead">Nothing unusual has happened in your name.</p>}
        {messages.map((message) => (
          <article class="card message">
            <h2>Was this you?</h2>
            <p class="quiet">
              {moment(message.opened_ms)} · sent to {message.sent_to}
            </p>
            {message.parts.map((part) => (
              <Part part={part} />
            ))}
            {message.more > 0 && <p class="quiet">And {message.more} more like these.</p>}
          </article>
        ))}
      </>
    ),
  })
}

function Part({ part }: { part: MessagePart }) {
  const { kind, subject_id, because, token, total_cents, currency } = part
  return (
    <section>
      <h3>
        {kind === 'order' && total_cents !== null && currency !== null ? (
          <>
            An order of {money(total_cents, currency)}, <a href={orderPath(subject_id)}>see it</a>
          </>
        ) : (
          <>
            Your address was changed to <code>{subject_id}</code>
          </>
        )}
      </h3>
      <ul class="bullets">
        {because.map((text) => (
          <li>{text}</li>
        ))}
      </ul>
      {token === null ? (
        <p class="quiet">{doneWords(part)}</p>
      ) : (
        <p>
          <a class="button" href={confirmPath(token)}>
            {part.outcome === 'review' ? 'Not you? Cancel it' : 'Answer: was it you?'}
          </a>
        </p>
      )}
    </section>
  )
}

function doneWords({ kind, answer, status }: MessagePart): string {
  if (kind === 'address') return 'If this was not you, call us: your orders are watched until then.'
  if (answer === 'me') return 'You said that it was you.'
  if (answer === 'not_me') return 'You said that it was not you; it was cancelled.'
  return `The order is ${status ?? 'gone'}.`
}
