/** What a request or a grant says, as a list of questions and answers. */
import type { Child } from 'hono/jsx'
import type { Said } from '../contract-words.ts'

/** A question and its answer. */
export function Says({ children }: { children: Child }) {
  return <ul class="says">{children}</ul>
}

/** One line of it. */
export function Line({ name, children }: { name: string; children: Child }) {
  return (
    <li>
      <span class="what">{name}</span>
      <span>{children}</span>
    </li>
  )
}

/** Lines that are said in words alone. */
export function Lines({ all }: { all: readonly Said[] }) {
  return (
    <>
      {all.map(({ name, what }) => (
        <Line name={name}>{what}</Line>
      ))}
    </>
  )
}
