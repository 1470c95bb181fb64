/** The reason that somebody gives on a form. */
import { reasonSchema } from '../../grants/grant.ts'
import { FormMistake } from './acting.tsx'
import type { Mistakes } from './form-parts.tsx'

/** What is wrong with the reason in that field, by its name. */
export function reasonMistakes(form: URLSearchParams, name: string): Mistakes {
  const text = form.get(name) ?? ''
  if (text.trim() === '') return { [name]: 'Say why: the other side reads it.' }
  return reasonSchema.safeParse(text).success ? {} : { [name]: 'Say it in at most 500 characters.' }
}

/** The reason, trimmed. @throws {FormMistake} */
export function readReason(form: URLSearchParams, name: string): string {
  const mistakes = reasonMistakes(form, name)
  if (Object.keys(mistakes).length > 0) throw new FormMistake(mistakes)
  return reasonSchema.parse(form.get(name))
}
