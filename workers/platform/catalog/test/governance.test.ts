import { text, type Contract } from '@meshloop/contract'
import { meshPolicies } from '@meshloop/contract/policies'
import { beforeAll, describe, expect, it } from 'vitest'
import { accounts, orders } from './contracts.ts'
import { ask, deploy, deployed, env, makeClient, migrate, post, problemOf, register } from './mesh.ts'

const host = 'https://governance.team.example'
const day = (fromNow: number) => new Date(Date.now() + fromNow * 86_400_000).toISOString().slice(0, 10)

/** Speaks of people and does not say so. */
const careless: Contract = {
  ...orders,
  version: '1.3.0',
  fields: { ...orders.fields, email: text('Where to write', { nullable: true }) },
}
const exception = {
  policy: 'personal-data-classified',
  product: 'purchase.orders',
  path: 'fields.email.class',
  owner: 'Head of data protection',
  reason: 'The mail addresses of the test shop are made up.',
  expires: day(30),
}
const domain = {
  domain: 'purchase',
  team: 'Purchase',
  support: 'purchase@shop.example',
  limits: { personalRetention: 'P730D' },
  rules: [
    {
      id: 'terms-are-stated',
      severity: 'error',
      reason: 'Orders are not for every purpose.',
      remedy: 'State the terms.',
      require: ['terms'],
    },
  ],
}
const ruled: Contract = { ...orders, version: '1.2.1', retention: 'P90D', terms: 'For reports.' }

interface Policies {
  readonly policies: readonly { id: string; reason: string; remedy: string }[]
  readonly domains: readonly object[]
  readonly exceptions: readonly object[]
}
const policies = async () => (await ask('/policies.json')).json<Policies>()

beforeAll(async () => {
  await migrate()
  await register(accounts)
  await deployed(orders, host)
})

describe('exceptions', () => {
  it.each([
    ['nobody', null, 401, 'operator_only'],
    ['somebody', 'hello', 401, 'operator_only'],
  ])('are not recorded by %s', async (_name, key, status, code) => {
    expect(await problemOf(await post('/exceptions', key, exception))).toEqual({ status, code })
  })

  it('are not recorded by the domain that needs one', async () => {
    const key = await makeClient('purchase.publisher', 'publisher')
    expect(await problemOf(await post('/exceptions', key, exception))).toEqual({
      status: 401,
      code: 'operator_only',
    })
    const smuggled = await deploy(careless, host, { exceptions: [exception] })
    expect(await problemOf(smuggled)).toEqual({ status: 400, code: 'body_malformed' })
  })

  it.each([
    ['without a reason', { reason: ' ' }],
    ['without an owner', { owner: undefined }],
    ['of nobody', { owner: 'tbd' }],
    ['without an end', { expires: undefined }],
    ['for ever', { expires: '9999-12-31' }],
    ['until a day that is none', { expires: '2026-02-30' }],
    ['of a policy that is not there', { policy: 'no-such-policy' }],
    ['of a path that is none', { path: 'fields.<b>' }],
    ['of a product that is none', { product: 'orders' }],
    ['with more', { approved_by: 'me' }],
  ])('%s are refused', async (_name, change) => {
    const response = await post('/exceptions', env.OPERATOR_KEY, { ...exception, ...change })
    expect(await problemOf(response)).toEqual({ status: 400, code: 'body_malformed' })
  })

  it('let through what they name until they end, and nothing else', async () => {
    expect(await problemOf(await deploy(careless, host))).toEqual({ status: 422, code: 'policy_breach' })
    await post('/exceptions', env.OPERATOR_KEY, { ...exception, path: 'fields.phone.class' })
    expect(await problemOf(await deploy(careless, host))).toEqual({ status: 422, code: 'policy_breach' })
    await post('/exceptions', env.OPERATOR_KEY, { ...exception, expires: day(-1) })
    expect(await problemOf(await deploy(careless, host))).toEqual({ status: 422, code: 'policy_breach' })
    expect((await post('/exceptions', env.OPERATOR_KEY, exception)).status).toBe(200)
    expect((await deploy(careless, host)).status).toBe(200)
    const { policies: found } = await (
      await ask('/products/purchase.orders.json')
    ).json<{ policies: object[] }>()
    expect(found).toContainEqual(
      expect.objectContaining({
        policy: 'personal-data-classified',
        path: 'fields.email.class',
        excused: exception,
      }),
    )
    const page = await (await ask('/products/purchase.orders')).text()
    expect(page).toContain('Head of data protection')
    expect(page).toContain('made up')
  })

  it('may be recorded again without a change', async () => {
    const row = () => env.DB.prepare('SELECT * FROM exceptions WHERE path = ?1').bind(exception.path).first()
    const before = await row()
    await post('/exceptions', env.OPERATOR_KEY, exception)
    expect(await row()).toEqual(before)
  })

  it('that have ended are shown as a breach of the product', async () => {
    await post('/exceptions', env.OPERATOR_KEY, { ...exception, expires: day(-1) })
    expect(await (await ask('/products/purchase.orders')).text()).toContain('It breaks a policy')
    // What is registered stays so: a start of the mesh registers it again.
    expect((await deploy(careless, host)).status).toBe(200)
    await post('/exceptions', env.OPERATOR_KEY, exception)
    expect(await (await ask('/products/purchase.orders')).text()).not.toContain('It breaks a policy')
  })
})

describe('a domain', () => {
  it('adds rules for its own products, and they hold from then on', async () => {
    const strict = { ...ruled, id: 'purchase.returns' } as const
    const { terms: _, ...loose } = strict
    expect(await problemOf(await deploy(loose, host, { domain }))).toEqual({
      status: 422,
      code: 'policy_breach',
    })
    expect((await policies()).domains).toEqual([])
    expect((await deploy(strict, host, { domain })).status).toBe(200)
    expect((await policies()).domains).toEqual([domain])
    const next = await deploy({ ...loose, id: 'purchase.refunds' }, host)
    expect(await next.json()).toMatchObject({
      code: 'policy_breach',
      errors: [expect.objectContaining({ policy: 'purchase/terms-are-stated', remedy: 'State the terms.' })],
    })
  })

  it('speaks for itself alone', async () => {
    const foreign = await deploy(ruled, host, { domain: { ...domain, domain: 'customer' } })
    expect(await problemOf(foreign)).toEqual({ status: 403, code: 'foreign_domain' })
  })

  it.each([
    ['nothing', {}],
    ['no address', { ...domain, support: 'somewhere' }],
    ['a policy of its own making', { ...domain, policies: ['none'] }],
    ['a list', []],
    ['null', null],
  ])('says nothing with %s', async (_name, said) => {
    expect(await problemOf(await deploy(ruled, host, { domain: said }))).toEqual({
      status: 422,
      code: 'domain_invalid',
    })
  })

  it('registers no product of another domain, and none that looks like one', async () => {
    const key = await makeClient('purchase.publisher', 'publisher')
    for (const id of ['customer.accounts', 'customer.orders'] as const) {
      const contract = { ...orders, id }
      const url = `${host}/${id.replace('.', '/')}/v1`
      expect(await problemOf(await post('/products', key, { url, contract }))).toEqual({
        status: 403,
        code: 'foreign_domain',
      })
    }
    const lookalike = { ...orders, id: 'purchasе.orders' } // with a Cyrillic letter
    expect(await problemOf(await post('/products', key, { url: host, contract: lookalike }))).toEqual({
      status: 422,
      code: 'contract_invalid',
    })
  })
})

describe('the policies', () => {
  it('are all shown with reason and remedy, with the domains’ own and the exceptions', async () => {
    const document = await policies()
    expect(document.policies.map(({ id }) => id)).toEqual(meshPolicies.map(({ id }) => id))
    expect(document.exceptions).toContainEqual({ ...exception, in_force: true })
    for (const [path, type] of [
      ['/policies', 'text/html'],
      ['/policies.md', 'text/markdown'],
    ] as const) {
      const response = await ask(path)
      expect(response.headers.get('content-type')).toContain(type)
      const shown = await response.text()
      for (const words of ['personal-data-classified', 'terms-are-stated', 'Head of data protection'])
        expect(shown).toContain(words)
    }
  })
})

describe('an exception from the breaking of a major', () => {
  it('lets a breaking change come within the major where it names it, as a minor step', async () => {
    const open: Contract = {
      ...orders,
      id: 'purchase.refunds',
      version: '1.3.0',
      retention: 'P90D',
      terms: 'For reports.',
    }
    expect((await deploy(open, host)).status).toBe(200)
    const { total_cents, ...others } = open.fields
    const raised = (version: Contract['version'], more: Partial<Contract> = {}): Contract => ({
      ...open,
      version,
      fields: { ...others, total_cents: { ...total_cents, class: 'personal' } } as never,
      ...more,
    })
    const tooSmall = { status: 409, code: 'step_too_small' }
    expect(await problemOf(await deploy(raised('1.4.0'), host))).toEqual(tooSmall)
    const excused = {
      ...exception,
      product: open.id,
      policy: 'breaking-change-needs-major',
      path: 'fields.total_cents',
      reason: 'They were personal all along.',
    }
    await post('/exceptions', env.OPERATOR_KEY, excused)
    expect(await problemOf(await deploy(raised('1.3.1'), host))).toEqual(tooSmall)
    const worse = raised('1.4.0', { freshness: 'P2D' })
    expect(await problemOf(await deploy(worse, host))).toEqual(tooSmall)
    expect((await deploy(raised('1.4.0'), host)).status).toBe(200)
  })
})
