/** Small parts that several sections of a page are made of. */
import type { Child } from 'hono/jsx'

/** A name and what it is, in a list of facts. */
export function Fact({ name, children }: { name: string; children: Child }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

/** A section of a page, found by its heading's id. */
export function Section({ id, title, children }: { id: string; title: string; children: Child }) {
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  )
}

/** A table that scrolls by itself where it is too wide. */
export function Table({
  label,
  columns,
  children,
}: {
  label: string
  columns: readonly string[]
  children: Child
}) {
  return (
    <div class="scroll" role="region" aria-label={label} tabindex={0}>
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <th scope="col">{column}</th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  )
}

/** A mail address or a page becomes a link; anything else stays text, since the contract is somebody's input. */
export function Support({ contact }: { contact: string }) {
  if (/^[\w.+-]+@[\w.-]+$/.test(contact)) return <a href={`mailto:${contact}`}>{contact}</a>
  if (contact.startsWith('https://')) return <a href={contact}>{contact}</a>
  return <>{contact}</>
}

/** A short word in a coloured box; the word says what the colour says. */
export function Chip({ kind, children }: { kind: string; children: Child }) {
  return <span class={`chip ${kind}`}>{children}</span>
}

/** Characters of a text that are shown at once. */
const shownChars = 800

/** A text of a contract; of a very long one the beginning, and the rest on demand. */
export function LongText({ text }: { text: string }) {
  if (text.length <= shownChars) return <>{text}</>
  const start = text.slice(0, shownChars).toWellFormed()
  return (
    <>
      {start}
      <details>
        <summary>and {text.length - start.length} more characters</summary>
        {text.slice(start.length)}
      </details>
    </>
  )
}
