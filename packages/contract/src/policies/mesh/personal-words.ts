/** Words in field names that speak of people. A name says little: this finds what was forgotten, it does not prove that nothing was. */
import type { Class, Field } from '../../definition/fields.ts'

const personal = new Set([
  'email',
  'emailaddress',
  'phone',
  'phonenumber',
  'telephone',
  'fax',
  'address',
  'street',
  'birth',
  'birthday',
  'birthdate',
  'dob',
  'iban',
  'card',
  'ip',
  'ipaddress',
  'ssn',
  'passport',
  'firstname',
  'lastname',
  'surname',
  'fullname',
  'username',
  'userid',
  'customerid',
])
/** Special categories of personal data: GDPR, article 9. */
const sensitive = new Set(['religion', 'ethnicity', 'diagnosis', 'disability', 'biometric', 'sexuality'])
/** Online identifiers are personal too: GDPR, recital 30. */
const people = new Set([
  'customer',
  'user',
  'person',
  'subscriber',
  'member',
  'employee',
  'patient',
  'visitor',
  'guest',
  'buyer',
  'cardholder',
  'session',
  'cookie',
])
const identifiers = new Set(['id', 'name', 'number', 'key'])
const namesOfPeople = new Set(['first', 'last', 'given', 'family', 'full', 'middle', 'maiden'])

/** The least class that a field of this name (`email`, `E-mail address`) can have; undefined when it does not speak of people. */
export function leastClassOf(name: string, { kind }: Pick<Field, 'kind'>): Class | undefined {
  const words = name
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter(Boolean)
    .map(singular)
  if (words.some((word) => sensitive.has(word))) return 'sensitive'
  const isPersonal = words.some((word, index) => personal.has(word) || isPair(word, words[index + 1] ?? ''))
  const isPerson = kind === 'id' && people.has(words.at(-1) ?? '')
  return isPersonal || isPerson ? 'personal' : undefined
}

const isPair = (word: string, next: string): boolean =>
  (people.has(word) && identifiers.has(next)) ||
  (namesOfPeople.has(word) && next === 'name') ||
  (word === 'e' && next === 'mail')

const singular = (word: string): string => {
  const one = word.replace(/s$/, '')
  return word.endsWith('sses') ? word.slice(0, -2) : word.endsWith('ss') || word.endsWith('is') ? word : one
}
