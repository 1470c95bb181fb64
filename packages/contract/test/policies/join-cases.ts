/** Policies about products that know each other's fields. */
import { id, int, number, struct, text, time } from '../../src/index.ts'
import type { Cases } from './cases.ts'
import { mesh, people, visits, withField, withFields } from './world.ts'

const personal = { class: 'personal' } as const
const who = { ...personal, of: 'customer.people#customer_id' } as const
const named = (means: string) => withField('size', int(means, { unit: 'cm' }))
const other = (field: Parameters<typeof withField>[1]) =>
  mesh({ products: [people({ fields: { ...people().fields, size: field } })] })

/** By id of the policy. */
export const joinCases: Readonly<Record<string, Cases>> = {
  'joins-fit': {
    keeps: [
      { what: 'another product’s key', contract: withField('who', id('Who', who)) },
      { what: 'its event time', contract: withField('since', time('Since', { of: 'customer.people#since' })) },
      { what: 'an index', contract: withField('mail', text('Mail', { ...personal, of: 'customer.people#email' })), mesh: mesh({ products: [people({ indexes: ['email'] })] }) },
      { what: 'its own key', contract: withField('parent', id('The visit before', { of: 'shop.visits#visit_id' })), mesh: mesh({ products: [] }) },
      {
        what: 'a field that only an older major has',
        contract: withField('who', id('Who', who)),
        mesh: mesh({ products: [people(), people({ version: '2.0.0', fields: { person: id('Who', personal), since: time('Since') }, key: ['person'] })] }),
      },
      { what: 'an internal product of its own domain', contract: withField('visit', id('Visit', { of: 'shop.other#visit_id' })), mesh: mesh({ products: [visits({ id: 'shop.other', visibility: 'internal' })] }) },
    ],
    breaks: [
      { what: 'a product that is not registered', contract: withField('who', id('Who', who)), mesh: mesh({ products: [] }), paths: ['fields.who.of'] },
      { what: 'a field that is none', contract: withField('who', id('Who', { of: 'customer.people#person' })), paths: ['fields.who.of'] },
      { what: 'an inherited name', contract: withField('who', id('Who', { of: 'customer.people#constructor' })), paths: ['fields.who.of'] },
      { what: 'another kind', contract: withField('who', text('Who', who)), paths: ['fields.who.of'] },
      { what: 'another unit', contract: withField('kilos', int('Kilos', { unit: 'g', class: 'sensitive', of: 'customer.people#weight' })), mesh: mesh({ products: [people({ indexes: ['weight'] })] }), paths: ['fields.kilos.of'] },
      { what: 'what cannot be looked up by', contract: withField('mail', text('Mail', { ...personal, of: 'customer.people#email' })), paths: ['fields.mail.of'] },
      { what: 'an internal product of another domain', contract: withField('who', id('Who', who)), mesh: mesh({ products: [people({ visibility: 'internal' })] }), paths: ['fields.who.of'] },
      { what: 'a member', contract: withField('by', struct({ who: text('Who', who) }, 'By', personal)), paths: ['fields.by.who.of'] },
    ],
  },
  'one-name-one-meaning': {
    keeps: [
      { what: 'the same in the same words', contract: named('The size of a foot'), mesh: other(int('Size of the shoe', { unit: 'cm' })) },
      { what: 'the referred field itself', contract: withField('customer_id', id('Customer who came', who)) },
      {
        what: 'the same reference in other words',
        contract: withField('customer_id', id('Subscriber', who)),
        mesh: mesh({ products: [visits({ id: 'shop.others', fields: { customer_id: id('Buyer', who) } })] }),
      },
      { what: 'an older major', contract: { ...named('The greatness'), projects: { major: 2, fields: {} } }, mesh: other(text('Length')) },
      { what: 'its own other major', contract: named('The size'), mesh: mesh({ products: [withFields({ size: text('Greatness') }, { version: '2.0.0' })] }) },
      {
        what: 'an older major of another product',
        contract: named('The size'),
        mesh: mesh({
          products: [
            people({ fields: { ...people().fields, size: text('Greatness') } }),
            people({ version: '2.0.0' }),
          ],
        }),
      },
    ],
    breaks: [
      { what: 'another kind', contract: named('The size'), mesh: other(number('Size', { unit: 'cm' })), paths: ['fields.size'] },
      { what: 'another unit', contract: named('The size'), mesh: other(int('Size', { unit: 'inch' })), paths: ['fields.size'] },
      { what: 'another class', contract: named('The size'), mesh: other(int('Size', { unit: 'cm', class: 'public' })), paths: ['fields.size'] },
      { what: 'another reference', contract: withField('customer_id', id('Customer who came', { ...personal, of: 'shop.visits#visit_id' })), paths: ['fields.customer_id'] },
      { what: 'no word in common but fillers', contract: named('The greatness of it'), mesh: other(int('The length of it', { unit: 'cm' })), paths: ['fields.size'] },
    ],
  },
} // prettier-ignore
