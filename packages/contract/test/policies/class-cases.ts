/** Policies about classes of fields. */
import { bool, id, int, list, money, oneOf, struct, text } from '../../src/index.ts'
import type { Cases } from './cases.ts'
import { mesh, people, totals, visits, withField, withFields } from './world.ts'

const personal = { class: 'personal' } as const
const weight = { from: ['customer.people#weight'] } as const

/** By id of the policy. */
export const classCases: Readonly<Record<string, Cases>> = {
  'personal-data-classified': {
    keeps: [
      { what: 'personal fields', contract: withField('email', text('E-mail', personal)) },
      { what: 'a class above', contract: withField('iban', text('Account', { class: 'sensitive' })) },
      { what: 'yes or no', contract: withField('has_email', bool('Whether an address is known')) },
      { what: 'an amount', contract: withField('card_fee_cents', money('Fee', { unit: 'currency' })) },
      { what: 'a count', contract: withField('card_count', int('How many cards')) },
      { what: 'a count in the plural', contract: withField('emails_sent', int('How many')) },
      { what: 'other words that speak of nobody', contract: withField('way', text('A', { name: 'Way in', synonyms: ['channel', 'source of traffic'] })) },
      { what: 'words that only contain one', contract: withField('shipment', text('A ship, an ipad')) },
      { what: 'somebody without an identifier', contract: withField('customers', int('How many')) },
      { what: 'a name of no person', contract: withField('product_name', text('Article')) },
    ],
    breaks: [
      ...[
        'email', 'e_mail', 'contact_emails', 'phone', 'shipping_address_id', 'addresses', 'birth_date', 'iban', 'card_hash',
        'ip', 'client_ip', 'customer_id', 'user_id', 'person_name', 'last_name', 'session_id', 'userid', 'email2',
      ].map((name) => ({
        what: name,
        contract: withField(name, text('A value')),
        paths: [`fields.${name}.class`],
      })),
      { what: 'a business name', contract: withField('value', text('A', { name: 'E-mail address' })), paths: ['fields.value.class'] },
      { what: 'a synonym', contract: withField('ref', id('A', { synonyms: ['number', 'Customer'] })), paths: ['fields.ref.class'] },
      { what: 'a person by an id', contract: withField('last_buyer', id('Who')), paths: ['fields.last_buyer.class'] },
      { what: 'a public one', contract: withField('email', text('E-mail', { class: 'public' })), paths: ['fields.email.class'] },
      { what: 'a phone as a number', contract: withField('phone', int('Number')), paths: ['fields.phone.class'] },
      { what: 'a special category', contract: withField('religion', text('Faith', personal)), paths: ['fields.religion.class'] },
      {
        what: 'a member of a struct',
        contract: withField('buyer', struct({ email: text('E-mail') }, 'Who bought', personal)),
        paths: ['fields.buyer.email.class'],
      },
      {
        what: 'items of a list',
        contract: withField('emails', list(text('One'), 'E-mail addresses', personal)),
        paths: ['fields.emails.items.class'],
      },
      {
        what: 'a member of items',
        contract: withField('buyers', list(struct({ email: text('E-mail') }, 'One', personal), 'Who bought', personal)),
        paths: ['fields.buyers.items.email.class'],
      },
    ],
  },
  'whole-classed-as-its-parts': {
    keeps: [
      { what: 'the class of its part', contract: withField('who', struct({ a: text('A', personal) }, 'Who', personal)) },
      { what: 'a higher class', contract: withField('who', list(text('A'), 'Who', personal)) },
    ],
    breaks: [
      { what: 'a struct', contract: withField('who', struct({ a: text('A', personal) }, 'Who')), paths: ['fields.who.class'] },
      { what: 'a list', contract: withField('who', list(text('A', personal), 'Who')), paths: ['fields.who.class'] },
      {
        what: 'a struct of a list',
        contract: withField('who', list(struct({ a: text('A', personal) }, 'One'), 'Who', personal)),
        paths: ['fields.who.items.class'],
      },
    ],
  },
  'reference-classed-as-its-target': {
    keeps: [
      { what: 'the same class', contract: withField('who', id('Who', { ...personal, of: 'customer.people#customer_id' })) },
      { what: 'a higher class', contract: withField('who', id('Who', { class: 'sensitive', of: 'customer.people#customer_id' })) },
      { what: 'a reference that leads nowhere', contract: withField('who', id('Who', { of: 'customer.people#gone' })) },
    ],
    breaks: [
      { what: 'a lower class', contract: withField('who', id('Who', { of: 'customer.people#customer_id' })), paths: ['fields.who.class'] },
      {
        what: 'a field of its own',
        contract: withFields({
          who: id('Who', personal),
          friend: id('Who referred', { of: 'shop.visits#who' }),
        }),
        paths: ['fields.friend.class'],
      },
      {
        what: 'a member',
        contract: withField('by', struct({ who: id('Who', { of: 'customer.people#customer_id' }) }, 'By')),
        paths: ['fields.by.who.class'],
      },
    ],
  },
  'derived-fields-say-from': {
    keeps: [
      { what: 'all say it', contract: totals() },
      { what: 'nothing of the inputs shows', contract: totals({}, { size: int('Size', { from: [] }) }) },
      { what: 'a struct says it for its members', contract: totals({}, { at_once: struct({ a: int('A') }, 'All', { from: [] }) }) },
      { what: 'a product without inputs', contract: visits() },
      { what: 'an input that is not registered', contract: totals(), mesh: mesh({ products: [] }) },
      { what: 'an older major', contract: visits({ projects: { major: 2, fields: {} } }) },
    ],
    breaks: [
      { what: 'a field that does not', contract: totals({}, { size: int('Size') }), paths: ['fields.size.from'] },
      { what: 'a product that is no input', contract: totals({}, { size: int('Size', { from: ['shop.other#size'] }) }), paths: ['fields.size.from'] },
      { what: 'a field that is none', contract: totals({}, { size: int('Size', { from: ['shop.visits#size'] }) }), paths: ['fields.size.from'] },
      { what: 'an inherited name', contract: totals({}, { size: int('Size', { from: ['shop.visits#constructor'] }) }), paths: ['fields.size.from'] },
      { what: 'a product without inputs that says it', contract: withField('size', int('Size', { from: ['shop.other#size'] })), paths: ['fields.size.from'] },
    ],
  },
  'derived-class': {
    keeps: [
      { what: 'the class of its origin', contract: totals({}, { w: int('Weight', { class: 'sensitive', ...weight }) }) },
      { what: 'nothing shows', contract: totals({}, { w: int('Weight', { from: [] }) }) },
      { what: 'an origin that is not registered', contract: totals({}, { w: int('Weight', weight) }), mesh: mesh({ products: [] }) },
    ],
    breaks: [
      { what: 'a class below', contract: totals({}, { w: int('Weight', { ...personal, ...weight }) }), paths: ['fields.w.class'] },
      { what: 'what is called as its origin, which it denies', contract: totals({}, { weight: int('Weight', { from: [] }) }), paths: ['fields.weight.class'] },
      {
        what: 'below one of several',
        contract: totals({}, { w: int('W', { from: ['shop.visits#spent_cents', 'customer.people#email'] }) }),
        paths: ['fields.w.class'],
      },
      {
        what: 'members of what says where it comes from',
        contract: totals({}, { w: struct({ kilos: int('Kilos') }, 'W', { class: 'sensitive', ...weight }) }),
        paths: ['fields.w.kilos.class'],
      },
    ],
  },
  'older-major-class': {
    keeps: [
      { what: 'the same class', contract: visits({ projects: { major: 2, fields: {} } }), mesh: mesh({ products: [visits({ version: '2.0.0' })] }) },
      { what: 'a newer major that is not there yet', contract: visits({ projects: { major: 2, fields: {} } }) },
      { what: 'a constant', contract: people({ projects: { major: 2, fields: { email: { constant: 'none' } } } }), mesh: mesh({ products: [people({ version: '2.0.0' })] }) },
    ],
    breaks: [
      {
        what: 'an older major that shows it',
        contract: withField('who', oneOf(['a', 'b'], 'Who')),
        mesh: mesh({ products: [withFields({ whom: oneOf(['a', 'b'], 'Who', personal) }, { version: '2.0.0' })] }),
        paths: ['fields.who.class'],
      },
      {
        what: 'a newer major beside it',
        contract: withFields({ who: oneOf(['a', 'b'], 'Who', personal) }, { version: '2.0.0' }),
        mesh: mesh({ products: [withFields({ who: oneOf(['a', 'b'], 'Who') }, { projects: { major: 2, fields: {} } })] }),
        paths: ['fields.who.class'],
      },
    ].map((one) =>
      one.contract.version === '1.0.0'
        ? { ...one, contract: { ...one.contract, projects: { major: 2, fields: { who: { from: 'whom' } } } } }
        : one,
    ),
  },
} // prettier-ignore
