/** What speaks of people is classified as personal. */
import type { Field } from '../../definition/fields.ts'
import { fieldsWithin, isBelow } from '../field-at.ts'
import type { Policy } from '../policy.ts'
import { leastClassOf } from './personal-words.ts'

/** Judges fields by their names. */
export const personalDataClassified: Policy = {
  id: 'personal-data-classified',
  severity: 'error',
  reason:
    'Who may see a field, and how long it is kept, follow from its class: personal data that is not classed as such is shown to everybody.',
  remedy:
    'Give the field the class that its values need; if it holds nothing of the kind, give it another name, or have an exception recorded.',
  *check(contract) {
    for (const { path, name, field } of fieldsWithin(contract)) {
      const least = speaksOfNobody(name, field) ? undefined : leastClassOf(name, field)
      if (least && isBelow(field.class, least))
        yield { path: `${path}.class`, problem: `${name} looks ${least}, but is classed ${field.class}` }
    }
  },
}

/** Yes or no, amounts and counts identify nobody, whatever they are about. */
const speaksOfNobody = (name: string, { kind }: Field): boolean =>
  kind === 'bool' || kind === 'money' || (kind === 'int' && /(?:^|_)count(?:_|$)/.test(name))
