/** Policies about what a product promises beside its fields: owner, freshness, retention, decisions. */
import { text } from '../../src/index.ts'
import type { Contract, Duration } from '../../src/index.ts'
import type { Cases } from './cases.ts'
import { mesh, people, TODAY, totals, visits, withFields } from './world.ts'

const owned = (team: string, support = 'shop@shop.example', more: Partial<Contract> = {}): Contract =>
  visits({ owner: { team, support }, ...more })
const unlimited = mesh({ domain: { domain: 'shop', team: 'Shop', support: 'shop@shop.example' } })
const email = { email: text('E-mail', { class: 'personal' }) }
const kept = (retention: Duration): Contract => withFields(email, { retention })
const keptForEver = (): Contract => {
  const { retention: _, ...rest } = withFields(email)
  return rest
}
const flags = { set: 'checkout', subject: 'visit_id' }
const decision = { decided_by: 'Risk', why: 'Fraud', risk: 'Errors', review_by: TODAY } as const

const counted = { measures: { visits: { means: 'Visits', count: true } }, dimensions: ['currency'] } as const
const groups = { least: 5, of: 'email', by: ['currency'] }

/** By id of the policy. */
export const promiseCases: Readonly<Record<string, Cases>> = {
  'totals-protect-persons': {
    keeps: [
      { what: 'nobody’s data', contract: visits(counted) },
      { what: 'persons who are not counted', contract: withFields(email) },
      { what: 'persons in groups', contract: withFields(email, { ...counted, access: { groups } }) },
      { what: 'no totals', contract: withFields(email, { ...counted, ports: ['records'] }) },
    ],
    breaks: [
      { what: 'groups of any size', contract: withFields(email, counted), paths: ['access.groups'] },
      {
        what: 'rules about something else',
        contract: withFields(email, { ...counted, access: { automatic: ['public'] } }),
        paths: ['access.groups'],
      },
    ],
  },
  'owner-and-support': {
    keeps: [
      { what: 'a mail address', contract: owned('Shop') },
      { what: 'an https URL', contract: owned('Shop', 'https://chat.shop.example/data') },
      { what: 'nobody else may read it', contract: owned('TBD', 'ask me', { visibility: 'internal' }) },
    ],
    breaks: [
      ...['TBD', 'todo', '?', ' ', '-', 'None'].map((team) => ({
        what: `the team ${team}`,
        contract: owned(team),
        paths: ['owner.team'],
      })),
      ...[
        'ask me', 'shop@', 'shop@localhost', 'http://shop.example', 'https://localhost', 'javascript:alert(1)',
        'https://user:word@shop.example', '@shop.example', 'a b@shop.example', '<x@shop.example>',
      ].map((support) => ({
        what: `support at ${support}`,
        contract: owned('Shop', support),
        paths: ['owner.support'],
      })),
    ],
  },
  'owner-agrees-with-domain': {
    keeps: [
      { what: 'the same', contract: visits() },
      { what: 'a domain that has said nothing', contract: owned('X-Team'), mesh: mesh({ domain: undefined }) },
    ],
    breaks: [
      { what: 'another team', contract: owned('Sales'), paths: ['owner.team'] },
      { what: 'another address', contract: owned('Shop', 'sales@shop.example'), paths: ['owner.support'] },
    ],
  },
  'domain-speaks-for-itself': {
    keeps: [
      { what: 'its own domain', contract: visits() },
      { what: 'none', contract: people(), mesh: mesh({ domain: undefined }) },
    ],
    breaks: [{ what: 'the rules of another domain', contract: people(), paths: ['id'] }],
  },
  'freshness-means-something': {
    keeps: [
      { what: 'a minute', contract: visits({ freshness: 'PT1M' }) },
      { what: 'as long as records are kept', contract: visits({ freshness: 'P90D' }) },
      { what: 'nobody else may read it', contract: visits({ freshness: 'PT1S', visibility: 'internal' }) },
    ],
    breaks: [
      { what: 'less than the steward sees', contract: visits({ freshness: 'PT59S' }), paths: ['freshness'] },
      { what: 'longer than records are kept', contract: visits({ freshness: 'P91D' }), paths: ['freshness'] },
      { what: 'more than a year', contract: visits({ freshness: 'P400D', retention: 'P4000D' }), paths: ['freshness'] },
    ],
  },
  'freshness-within-inputs': {
    keeps: [
      { what: 'a minute more', contract: totals() },
      { what: 'no inputs', contract: visits() },
      { what: 'an input that is not registered', contract: totals({ freshness: 'PT1M' }), mesh: mesh({ products: [] }) },
    ],
    breaks: [
      { what: 'as fresh as its inputs', contract: totals({ freshness: 'PT5M' }), paths: ['freshness', 'freshness'] },
      { what: 'a second too little', contract: totals({ freshness: 'PT359S' }), paths: ['freshness', 'freshness'] },
      {
        what: 'one slow input',
        contract: totals(),
        mesh: mesh({ products: [visits(), people({ freshness: 'P1D' })] }),
        paths: ['freshness'],
      },
    ],
  },
  'inputs-readable': {
    keeps: [
      { what: 'registered inputs', contract: totals() },
      { what: 'an internal one of its own domain', contract: totals(), mesh: mesh({ products: [visits({ visibility: 'internal' }), people()] }) },
    ],
    breaks: [
      { what: 'one that is not registered', contract: totals(), mesh: mesh({ products: [people()] }), paths: ['inputs.0'] },
      { what: 'another major', contract: totals(), mesh: mesh({ products: [visits(), people({ version: '2.0.0' })] }), paths: ['inputs.1'] },
      { what: 'an internal one of another domain', contract: totals(), mesh: mesh({ products: [visits(), people({ visibility: 'internal' })] }), paths: ['inputs.1'] },
    ],
  },
  'personal-retention': {
    keeps: [
      { what: 'within the limit', contract: kept('P365D') },
      { what: 'nothing personal', contract: visits({ retention: 'P4000D' }) },
      { what: 'no limit', contract: keptForEver(), mesh: unlimited },
    ],
    breaks: [
      { what: 'longer than the limit', contract: kept('P366D'), paths: ['retention'] },
      { what: 'for ever', contract: keptForEver(), paths: ['retention'] },
    ],
  },
  'personal-retention-limited': {
    keeps: [
      { what: 'a limit', contract: kept('P365D') },
      { what: 'nothing personal', contract: visits(), mesh: mesh({ domain: undefined }) },
    ],
    breaks: [
      { what: 'a domain without a limit', contract: kept('P1D'), mesh: unlimited, paths: ['retention'] },
      { what: 'a domain that has said nothing', contract: kept('P1D'), mesh: mesh({ domain: undefined }), paths: ['retention'] },
    ],
  },
  'flags-decided': {
    keeps: [
      { what: 'a decision to be reviewed today', contract: visits({ flags, reintegration: decision }) },
      { what: 'no flags', contract: visits() },
    ],
    breaks: [{ what: 'no decision', contract: visits({ flags }), paths: ['reintegration'] }],
  },
  'flags-reviewed': {
    keeps: [
      { what: 'a decision to be reviewed today', contract: visits({ flags, reintegration: decision }) },
      { what: 'an old decision without flags', contract: visits({ reintegration: { ...decision, review_by: '2020-01-01' } }) },
    ],
    breaks: [
      { what: 'a review that is overdue', contract: visits({ flags, reintegration: { ...decision, review_by: '2026-11-21' } }), paths: ['reintegration.review_by'] },
    ],
  },
} // prettier-ignore
