/** What speaks of people is classified as personal. */
import type { Field } from '../../definition/fields.ts'
import { fieldsWithin, isBelow } from '../field-at.ts'
import type { Policy } from '../policy.ts'
import { leastClassOf } from './personal-words.ts'

/** Judges fields by their names, in the contract's words and in those of the business. */
export const personalDataClassified: Policy = {
  id: 'personal-data-classified',
  severity: 'error',
  reason:
    'Who may see a field, and how long it is kept, follow from its class: personal data that is not classed as such is shown to everybody.',
  remedy:
    'Give the field the class that its values need; if it holds nothing of the kind, give it another name, or have an exception recorded.',
  *check(contract) {
    for (const { path, name, field } of fieldsWithin(contract)) {
      if (speaksOfNobody(name, field)) continue
      const called = [name, field.name ?? [], field.synonyms ?? []].flat()
      const found = called
        .map((word) => ({ word, least: leastClassOf(word, field) }))
        .find(({ least }) => least && isBelow(field.class, least))
      if (found)
        yield {
          path: `${path}.class`,
          problem: `${found.word} looks ${found.least}, but is classed ${field.class}`,
        }
    }
  },
}

/** Yes or no, amounts and counts identify nobody, whatever they are about. */
const speaksOfNobody = (name: string, { kind }: Field): boolean =>
  kind === 'bool' || kind === 'money' || (kind === 'int' && COUNT.test(name))

/** `card_count`, `emails_sent`: how many there are. */
const COUNT = /(?:^|_)(?:count|emails|phones|addresses|cards|sessions)(?:_|$)/
