/** Forms of the access pages: what they do, what they refuse, and that nothing typed is lost or becomes markup. */
import { beforeAll, describe, expect, it } from 'vitest'
import { formTokenField } from '../people/forms.ts'
import { client, makeClients } from './access-people.ts'
import { accounts, orders, origin } from './contracts.ts'
import { deployed, env, migrate, register } from './mesh.ts'
import { localSite, sayWho, visit, type Visitor } from './visitor.ts'

const evil = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
const consumer = 'growth.reports'
/** Grants its internal fields by itself. */
const open = {
  ...orders,
  id: 'purchase.returns',
  title: 'Returns',
  access: { automatic: ['internal'] },
} as const

const visitors = new Map<string, Visitor>()
beforeAll(async () => {
  await migrate()
  await register(accounts, origin)
  await register(orders, origin)
  await deployed(open, 'https://forms.team.example')
  await makeClients(client(consumer), client('growth.mails'), client('shop.desk'))
  for (const who of ['owner:growth', 'member:growth', 'owner:purchase', 'owner:shop', 'nobody']) {
    const visitor = visit(localSite)
    await sayWho(visitor, who)
    visitors.set(who, visitor)
  }
})

type Fields = Readonly<Record<string, string>>

const as = (who: string): Visitor => {
  const visitor = visitors.get(who)
  if (!visitor) throw new Error(who)
  return visitor
}
const html = { accept: 'text/html' }
/** Sends a form with the session's token. `more`: headers. */
const submit = async (who: string, path: string, fields: Fields, more: Fields = html) =>
  as(who).send(path, { [formTokenField]: await as(who).formToken(), ...fields }, { ...more })
const page = async (who: string, path: string) => (await as(who).open(path, { headers: html })).text()

const form = '/products/purchase.orders/request'
const good = {
  act: 'ask',
  consumer,
  purpose: 'Weekly report',
  scope: 'read',
  shown: 'columns',
  column: 'status',
  row_1_field: 'status',
  row_1_op: 'eq',
  row_1_value: 'paid',
  ends_on: '2027-06-01',
}

/** Sends a request and answers its path. */
async function requested(fields: Fields = {}, path = form): Promise<string> {
  const response = await submit('member:growth', path, { ...good, ...fields })
  const to = response.headers.get('location') ?? ''
  if (response.status !== 303) throw new Error(`${response.status} ${await response.text()}`)
  return to.split('?')[0] ?? ''
}
const withdraw = (path: string) => submit('member:growth', path, { act: 'withdraw' })

describe('the form that asks', () => {
  it.each<[string, Fields, string, RegExp]>([
    ['no consumer', { consumer: '' }, 'consumer', /Choose for whom you ask/],
    ['a consumer of others', { consumer: 'shop.desk' }, 'form', /no consumer shop\.desk that you speak for/],
    ['no purpose', { purpose: '  ' }, 'purpose', /Say what it is for/],
    ['a long purpose', { purpose: 'x'.repeat(501) }, 'purpose', /at most 500 characters/],
    ['no fields', { column: '' }, 'shown', /Choose at least one field/],
    ['a field that is not there', { column: 'iban' }, 'shown', /The contract has changed/],
    ['no classes', { shown: 'classes' }, 'shown', /at least one class/],
    ['no choice of fields', { shown: '' }, 'shown', /Say which fields/],
    [
      'a value that the field cannot have',
      { row_1_value: 'lost' },
      'row_1',
      /status is one of: placed, paid/,
    ],
    [
      'one wrong value of several',
      { row_1_op: 'in', row_1_value: 'paid, lost' },
      'row_1',
      /status is one of/,
    ],
    ['no value', { row_1_value: '' }, 'row_1', /Say what it is compared with/],
    ['a value without a field', { row_1_field: '' }, 'row_1', /Choose the field/],
    ['a field that rows are not chosen by', { row_1_field: 'currency' }, 'row_1', /Rows can be chosen by/],
    ['a comparison that the kind has not', { row_1_op: 'gt' }, 'row_1', /cannot be compared like that/],
    [
      'a time that is none',
      { row_2_field: 'placed_at', row_2_op: 'gte', row_2_value: 'soon' },
      'row_2',
      /no value/,
    ],
    ['no end', { ends_on: '' }, 'ends_on', /Say the last day/],
    ['an end that has passed', { ends_on: '2020-01-01' }, 'ends_on', /has passed/],
    ['an end in many years', { ends_on: '2099-01-01' }, 'ends_on', /at the latest 731 days/],
    ['an end that is no day', { ends_on: '2027-02-30' }, 'ends_on', /as 2027-01-31/],
  ])('with %s comes back with what is wrong, and all that was typed', async (_what, wrong, field, words) => {
    const fields: Fields = { ...good, ...wrong }
    const response = await submit('member:growth', form, fields)
    expect([404, 422]).toContain(response.status)
    const text = await response.text()
    expect(text).toMatch(words)
    expect(text).toContain(field === 'form' ? 'role="alert"' : `id="${field}-mistake"`)
    if (field !== 'purpose') expect(text).toContain('>Weekly report</textarea>')
    if (fields['row_1_value'] !== '') expect(text).toContain(`value="${fields['row_1_value']}"`)
    if (field !== 'shown') expect(text).toMatch(/value="status" checked/)
    expect(await page('member:growth', '/access')).not.toContain('Weekly report')
  })

  it('leads to the request, which waits', async () => {
    const path = await requested()
    const text = await page('member:growth', `${path}?done=asked`)
    for (const words of [
      'waits for the owner',
      'Weekly report',
      'Only where status is paid',
      'Sent. The owner decides',
    ])
      expect(text).toContain(words)
    expect(text).not.toContain('Approve as asked')
    expect(await page('member:growth', `${path}?done=approved`)).not.toContain('role="status"')
    const again = await submit('member:growth', form, good)
    expect([again.status, await again.text()]).toEqual([409, expect.stringContaining('waits already')])
    await withdraw(path)
    expect(await page('member:growth', path)).toContain('withdrawn')
  })

  it('says what the contract grants by itself, which then needs nobody', async () => {
    expect(await page('member:growth', form)).toContain('decides on each request')
    const path = '/products/purchase.returns/request'
    expect(await page('member:growth', path)).toContain('granted by the contract at once')
    const response = await submit('member:growth', path, good)
    expect(response.headers.get('location')).toMatch(/done=granted$/)
  })

  it.each([
    ['nobody', /You have no role in a domain yet/],
    ['owner:purchase', /Make a consumer/],
  ])('says what comes first to %s', async (who, words) => {
    expect(await page(who, form)).toMatch(words)
  })
})

describe('who is not signed in', () => {
  it.each(['/access', form, '/requests/x', '/grants/x', `/clients/${consumer}`])(
    'is led from %s to the sign-in and back',
    async (path) => {
      const response = await visit(localSite).open(path, { headers: html })
      expect([response.status, response.headers.get('location')]).toEqual([
        303,
        `/sign-in?return_to=${encodeURIComponent(path)}`,
      ])
      expect((await visit(localSite).open(`${path.replace(form, '/access')}.md`)).status).toBe(401)
    },
  )
})

describe('a form', () => {
  it.each<[string, Fields, Fields]>([
    ['without the token of the session', { [formTokenField]: '' }, {}],
    ['with the token of somebody else', { [formTokenField]: 'A'.repeat(43) }, {}],
    ['of another site', {}, { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['of a sister site', {}, { 'sec-fetch-site': 'same-site' }],
  ])('%s does nothing', async (_what, fields, headers) => {
    const path = await requested()
    for (const [who, act] of [
      ['owner:purchase', 'approve'],
      ['member:growth', 'withdraw'],
    ] as const) {
      const response = await submit(who, path, { act, ...fields }, headers)
      expect(response.status).toBe(403)
    }
    expect(await page('member:growth', path)).toContain('waits for the owner')
    await withdraw(path)
  })

  it('that does not say what to do is no form of ours', async () => {
    for (const act of ['', 'constructor', 'make_client'])
      expect((await submit('owner:growth', '/access', { act })).status).toBe(400)
  })
})

describe('a request', () => {
  it('is not there for the owner of another domain, and not decided by its consumer', async () => {
    const path = await requested()
    expect((await as('owner:shop').open(path, { headers: html })).status).toBe(404)
    expect((await submit('owner:shop', path, { act: 'approve' })).status).toBe(404)
    expect((await submit('owner:growth', path, { act: 'approve' })).status).toBe(403)
    expect((await submit('owner:purchase', path, { act: 'withdraw' })).status).toBe(403)
    await withdraw(path)
  })

  it('is refused with a reason, which its consumer reads as text', async () => {
    const path = await requested({ purpose: `Report ${evil}` })
    const without = await submit('owner:purchase', path, { act: 'refuse', reason: ' ' })
    expect([without.status, await without.text()]).toEqual([422, expect.stringContaining('Say why')])
    expect((await submit('owner:purchase', path, { act: 'refuse', reason: `No. ${evil}` })).status).toBe(303)
    await env.DB.prepare('UPDATE people SET name = ?1 WHERE name = ?2')
      .bind(`Olga ${evil}`, 'Owner of purchase')
      .run()
    for (const shown of [await page('member:growth', path), await page('owner:purchase', '/access')]) {
      expect(shown).not.toMatch(/<script|<img/)
      expect(shown).toContain('Olga &lt;script&gt;')
    }
    const markdown = await (await as('member:growth').open(`${path}.md`)).text()
    expect(markdown).toContain('\\<script\\>')
    expect(markdown).not.toMatch(/[^\\]<script|[^\\]<img/)
    const late = await submit('owner:purchase', path, { act: 'approve' })
    expect([late.status, await late.text()]).toEqual([
      409,
      expect.stringContaining('The request was refused'),
    ])
  })

  it('is approved narrower, never wider', async () => {
    const path = await requested()
    const less = {
      act: 'approve_less',
      scope: 'aggregate',
      shown: 'columns',
      column: 'status',
      ends_on: '2027-03-01',
    }
    for (const [wider, words] of [
      [{ column: 'total_cents' }, 'view.columns goes beyond'],
      [{ ends_on: '2027-07-01' }, 'ends_at goes beyond'],
      [{ shown: 'all' }, 'view.columns goes beyond'],
    ] as const) {
      const refused = await submit('owner:purchase', path, { ...less, ...wider })
      expect([refused.status, await refused.text()]).toEqual([422, expect.stringContaining(words)])
    }
    expect((await submit('owner:purchase', path, less)).status).toBe(303)
    const text = await page('member:growth', path)
    const grant = /\/grants\/[0-9a-f-]+/.exec(text)?.[0] ?? ''
    const shown = await page('member:growth', grant)
    const wider = await requested({ shown: 'all' })
    expect(await page('owner:purchase', wider)).toMatch(/Has now[^]*Totals only[^]*Only where status is paid/)
    await withdraw(wider)
    for (const words of ['Totals only', 'Only where status is paid', '2027-03-01', 'Give it back'])
      expect(shown).toContain(words)
    expect(shown).not.toContain('Narrow it')
    await grantEnds(grant)
  })
})

/** What the owner changes and the consumer gives back. */
async function grantEnds(grant: string): Promise<void> {
  const narrower = {
    act: 'narrow',
    scope: 'aggregate',
    shown: 'columns',
    column: 'status',
    ends_on: '2027-02-01',
    version: /name="version" value="(\d+)"/.exec(await page('owner:purchase', grant))?.[1] ?? '',
  }
  const without = await submit('owner:purchase', grant, narrower)
  expect([without.status, await without.text()]).toEqual([
    422,
    expect.stringContaining('id="reason-mistake"'),
  ])
  expect((await submit('member:growth', grant, { ...narrower, reason: 'Mine' })).status).toBe(403)
  expect((await submit('owner:shop', grant, { ...narrower, reason: 'Mine' })).status).toBe(404)
  expect((await submit('owner:purchase', grant, { ...narrower, reason: `Shorter ${evil}` })).status).toBe(303)
  // The page of another owner is of before: what it says would widen what was just narrowed.
  const stale = await submit('owner:purchase', grant, { ...narrower, ends_on: '2027-02-02', reason: 'Mine' })
  expect([stale.status, await stale.text()]).toEqual([409, expect.stringContaining('changed meanwhile')])
  expect((await submit('member:growth', grant, { act: 'revoke', revoke_reason: 'Done' })).status).toBe(303)
  const history = await page('owner:purchase', grant)
  expect(history).toMatch(/Revoked[^]*Done[^]*Changed[^]*Shorter &lt;script&gt;[^]*Approved/)
  expect(history).not.toMatch(/<script|<img/)
  const late = await submit('owner:purchase', grant, { act: 'revoke', revoke_reason: 'Again' })
  expect(late.status).toBe(409)
}

describe('a consumer and its keys', () => {
  it.each<[string, string, RegExp]>([
    ['no name', 'growth', /Write it like/],
    ['a name with markup', evil, /Write it like/],
    ['the name of another domain', 'purchase.reports', /no owner of purchase/],
    ['a name that is taken', consumer, /There is a client growth\.reports already/],
  ])('is not made by %s', async (_what, name, words) => {
    const response = await submit('owner:growth', '/access', { act: 'make_consumer', consumer_id: name })
    const text = await response.text()
    expect(response.status).toBe(422)
    expect(text).toMatch(words)
    expect(text).not.toMatch(/<script|<img/)
  })

  it('is made by an owner, whose key is shown this once', async () => {
    const made = await submit('owner:growth', '/access', {
      act: 'make_consumer',
      consumer_id: 'growth.new-report',
    })
    expect(made.headers.get('location')).toBe('/clients/growth.new-report?done=client_made')
    const path = '/clients/growth.new-report'
    expect(await page('owner:growth', path)).toContain('No key yet')
    const answer = await submit('owner:growth', path, { act: 'make_key', key_ends_on: '2027-01-31' })
    const key = /value="(ml_[^"]+)"/.exec(await answer.text())?.[1] ?? ''
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([
      200,
      expect.stringContaining('no-store'),
    ])
    expect(key).toMatch(/^ml_\w+_growth\.new-report_/)
    const later = await page('owner:growth', path)
    expect(later).toContain('2027-01-31')
    expect(later).not.toContain(key)
    const id = /name="key" value="([^"]+)"/.exec(later)?.[1] ?? ''
    expect((await submit('member:growth', path, { act: 'revoke_key', key: id })).status).toBe(403)
    expect((await submit('owner:growth', path, { act: 'revoke_key', key: id })).status).toBe(303)
    expect(await page('owner:growth', path)).toMatch(/state revoked/)
  })

  it.each<[string, string, Fields, number]>([
    ['a member', 'member:growth', {}, 403],
    ['an owner of another domain', 'owner:shop', {}, 404],
    ['an owner, for a day that has passed', 'owner:growth', { key_ends_on: '2020-01-01' }, 422],
    ['an owner, for what is no day', 'owner:growth', { key_ends_on: 'soon' }, 422],
  ])('gets no key from %s', async (_what, who, fields, status) => {
    const response = await submit(who, '/clients/growth.mails', { act: 'make_key', ...fields })
    expect(response.status).toBe(status)
    expect(await response.text()).not.toContain('ml_')
  })
})

describe('a webhook', () => {
  const add = (who: string, fields: Fields) =>
    submit(who, '/webhooks/new', { act: 'make_webhook', webhook_owner: `consumer:${consumer}`, ...fields })

  it.each<[string, string, Fields, RegExp]>([
    ['of no address', 'member:growth', { url: 'x' }, /Write the whole address/],
    [
      'on a host that is not allowed',
      'member:growth',
      { url: 'https://evil.example/' },
      /on a host that the operator/,
    ],
    [
      'of nobody',
      'member:growth',
      { url: 'https://x.example', webhook_owner: evil },
      /Choose who shall be told/,
    ],
  ])('%s comes back with what is wrong', async (_what, who, fields, words) => {
    const response = await add(who, fields)
    const text = await response.text()
    expect([400, 422]).toContain(response.status)
    expect(text).toMatch(words)
    expect(text).not.toMatch(/<script|<img/)
  })

  it('of others is not there', async () => {
    const url = `${localSite.bindings?.ISSUER}/hook`
    expect((await add('owner:purchase', { url })).status).toBe(404)
    expect((await add('member:growth', { url, webhook_owner: 'domain:growth' })).status).toBe(404)
  })

  it('shows its secret this once, then what was delivered, until it is ended', async () => {
    const made = await add('member:growth', { url: `${localSite.bindings?.ISSUER}/hook` })
    const text = await made.text()
    expect([made.status, made.headers.get('cache-control')]).toEqual([
      200,
      expect.stringContaining('no-store'),
    ])
    expect(text).toMatch(/value="whsec_/)
    const path = /href="(\/webhooks\/wh_[^"]+)"/.exec(text)?.[1] ?? ''
    await withdraw(await requested())
    const shown = await page('member:growth', path)
    expect(shown).toContain('grant.requested')
    expect(shown).not.toContain('whsec_')
    expect(await (await as('member:growth').open(`${path}.md`)).text()).toContain('grant.requested')
    const notice = /name="notice" value="([^"]+)"/.exec(shown)?.[1] ?? ''
    expect((await submit('member:growth', path, { act: 'retry', notice })).status).toBe(303)
    expect((await submit('owner:shop', path, { act: 'end_webhook' })).status).toBe(404)
    expect((await submit('member:growth', path, { act: 'end_webhook' })).status).toBe(303)
    expect(await page('member:growth', '/webhooks')).toContain('state ended')
    expect((await submit('member:growth', path, { act: 'retry', notice })).status).toBe(409)
  })
})

describe('the audit page', () => {
  it('tells owners in words what concerns them, the newest first', async () => {
    const path = await requested()
    await submit('owner:purchase', path, { act: 'refuse', reason: evil })
    const text = await page('owner:purchase', '/audit')
    const access = `the access of ${consumer} to purchase.orders v1`
    expect(text).toMatch(new RegExp(`refused ${access}[^]*&lt;script&gt;[^]*asked for ${access}`))
    expect(text).not.toMatch(/<script|<img| \?[ <]/)
    expect(await page('owner:purchase', '/audit?until=1')).not.toContain(access)
    expect(await (await as('owner:purchase').open('/audit.md')).text()).toContain(`refused ${access}`)
    expect(await page('owner:shop', '/audit')).not.toContain(consumer)
  })
})

describe('pages of access', () => {
  it('have their twins', async () => {
    const path = await requested()
    for (const twin of ['/access', path, `/clients/${consumer}`]) {
      const shown = await page('member:growth', twin)
      for (const [extension, type] of [
        ['json', 'application/json'],
        ['md', 'text/markdown'],
      ] as const) {
        const response = await as('member:growth').open(`${twin}.${extension}`)
        expect([response.status, response.headers.get('content-type')]).toEqual([
          200,
          expect.stringContaining(type),
        ])
        expect(response.headers.get('cache-control')).toContain('no-store')
        expect(shown).toContain(`href="${twin}.${extension}"`)
      }
    }
    await withdraw(path)
  })

  it('say who is signed in, and what to do where nothing is', async () => {
    const text = await page('nobody', '/access')
    for (const words of [
      'Somebody without a role',
      'Sign out',
      'You have no role in a domain yet',
      'Development sign-in',
    ])
      expect(text).toContain(words)
    expect(await page('owner:shop', '/access')).toContain('Nothing yet')
    expect(await (await visit(localSite).open('/', { headers: html })).text()).toContain(
      '/sign-in?return_to=',
    )
  })
})
