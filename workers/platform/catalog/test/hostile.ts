/** Contracts whose every text tries to become something else: markup, a script, Markdown, a hidden or reversed word, a huge one. */
import {
  defineProduct,
  id,
  int,
  list,
  money,
  oneOf,
  struct,
  text,
  time,
  type Contract,
} from '@meshloop/contract'

/** Ends attributes, tags, table cells, fences; hides and reverses what follows; tells an agent what to do. */
const attack =
  '"\'><script>alert(1)</script><img src=x onerror=alert(1)> | [x](javascript:alert(1)) ```\n# Head\n\u202egpj.exe\u2066\u0007\u{e0041} &lt;b&gt; {{7*7}} =cmd|'

/** The longest that a text may be. */
const huge = `${attack} ${'M'.repeat(3_500)}`
const line = attack.slice(0, 190)

/** A contract that is hostile everywhere where a contract holds text. */
export const hostile: Contract = defineProduct({
  id: 'evil.everything',
  version: '1.0.0',
  title: line,
  purpose: huge,
  limitations: huge,
  terms: huge,
  price: { amount: 1, currency: 'EUR', unit: line },
  owner: { team: line, support: 'https://evil.example/"><script>alert(1)</script>' },
  fields: {
    row_id: id(huge, {
      name: line,
      synonyms: [line, line],
      unit: line,
      examples: ['"><script>alert(1)</script>'],
    }),
    happened_at: time(huge, { synonyms: [line] }),
    state: oneOf([line, 'x'.repeat(200), ...Array.from({ length: 60 }, (_, n) => `v${n}`)], huge),
    amount_cents: money(huge, { unit: 'currency', name: line }),
    currency: text(huge, { class: 'public', examples: [attack] }),
    score: int(huge, { unit: line, min: 0, max: 100 }),
    parts: list(struct({ one: text(huge, { name: line }) }, huge), huge),
  },
  key: ['row_id'],
  eventTime: 'happened_at',
  indexes: ['state'],
  measures: { rows: { means: huge, count: true } },
  dimensions: ['state'],
  freshness: 'PT5M',
  frequency: 'PT1H',
  retention: 'P90D',
  availability: 99.5,
  lifecycle: { deprecated: '2026-01-01', endOfLife: '2099-12-31' },
  quality: {
    rule_one: { means: huge, invalid: 'state', valid: [line, attack] },
    rule_two: { means: huge, holds: [{ field: 'currency', is: 'eq', value: attack }] },
  },
  flags: { set: 'evil', subject: 'row_id' },
  gate: ['freshness'],
  reintegration: { decided_by: line, why: huge, risk: huge, review_by: '2099-01-01' },
  carried: { [attack]: [attack, { [attack]: attack }] },
})

/** As long as a registration can be: 95 fields, most of a megabyte. */
export const enormous = (version: `${number}.${number}.${number}`, mark: string): Contract => ({
  ...hostile,
  id: 'evil.enormous',
  version,
  title: 'Enormous',
  fields: {
    ...hostile.fields,
    ...Object.fromEntries(
      Array.from({ length: 88 }, (_, n) => [
        `field_${n}`,
        oneOf(
          Array.from({ length: 200 }, (_value, at) => `${mark}${n}_${at}_${'y'.repeat(20)}`) as [
            string,
            ...string[],
          ],
          'z'.repeat(3_500),
        ),
      ]),
    ),
  },
})
