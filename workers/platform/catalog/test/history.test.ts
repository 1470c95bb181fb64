import { contractHash, oneOf, text, type Contract } from '@meshloop/contract'
import { beforeAll, describe, expect, it } from 'vitest'
import { putProduct } from '../products/put-product.ts'
import { accounts, orders } from './contracts.ts'
import { answer, ask, deploy, deployed, env, makeClient, migrate, post, register, urlOf } from './mesh.ts'

const host = 'https://history.team.example'

const { status, total_cents: _, ...others } = orders.fields
type Version = Contract['version']
const versioned = (version: Version, change: object = {}): Contract => ({ ...orders, version, ...change })
/** A field more: readers and sources go on as before. */
const wider = (version: Version): Contract =>
  versioned(version, {
    fields: { ...orders.fields, note: text('What the customer wrote', { nullable: true }) },
  })
/** A value more: whoever reads the status may meet one that it does not know. */
const loosened = (version: Version): Contract =>
  versioned(version, {
    fields: { ...orders.fields, status: oneOf(['placed', 'paid', 'returned'], 'Where the order stands') },
  })
const reworded = (version: Version): Contract => versioned(version, { purpose: 'Every order, newest state.' })

interface Entry {
  readonly version: string
  readonly step: string
  readonly compared_with: string | null
  readonly findings: readonly { path: string; readers: string }[]
  readonly affected: readonly { client: string; role: string }[]
}
interface Document {
  readonly version: string
  readonly history: readonly Entry[]
}
const documentOf = async (query = '') =>
  (await ask(`/products/purchase.orders.json${query}`)).json<Document>()

beforeAll(async () => {
  await migrate()
  await register(accounts)
  await deploy(orders, host)
  await makeClient('purchase.orders.shop', 'source', ['purchase.orders'])
})

describe('a registration is refused', () => {
  const refusals: readonly (readonly [string, Contract, number, string, string])[] = [
    ['an older version', reworded('1.1.9'), 409, 'version_backwards', '1.2.1'],
    ['an older version of the same content', versioned('1.0.0'), 409, 'version_backwards', '1.2.1'],
    ['other content under the same version', reworded('1.2.0'), 409, 'version_backwards', '1.2.1'],
    ['a new field under the same version', wider('1.2.0'), 409, 'version_backwards', '1.3.0'],
    ['a loosened field under the same version', loosened('1.2.0'), 409, 'version_backwards', '2.0.0'],
    ['a new field as a patch', wider('1.2.1'), 409, 'step_too_small', '1.3.0'],
    ['a loosened field as a patch', loosened('1.2.1'), 409, 'step_too_small', '2.0.0'],
    ['a loosened field as a minor version', loosened('1.3.0'), 409, 'step_too_small', '2.0.0'],
    [
      'a field gone as a minor version',
      versioned('1.3.0', {
        fields: { ...others, status, total_cents: text('Text now', { nullable: true }) },
      }),
      409,
      'step_too_small',
      '2.0.0',
    ],
    ['worse freshness', versioned('1.3.0', { freshness: 'P1D' }), 409, 'step_too_small', '2.0.0'],
    ['a measure gone', versioned('1.3.0', { measures: {} }), 409, 'step_too_small', '2.0.0'],
    [
      'another owner’s address',
      versioned('1.3.0', { owner: { team: 'Purchase', support: 'call us' } }),
      422,
      'policy_breach',
      'owner',
    ],
    [
      'a new major while the older has no end',
      loosened('2.0.0'),
      422,
      'policy_breach',
      'older-major-has-an-end',
    ],
    [
      'personal data that is not classed so',
      versioned('1.3.0', { fields: { ...orders.fields, email: text('Where to write', { nullable: true }) } }),
      422,
      'policy_breach',
      'personal-data-classified',
    ],
  ]

  it.each(refusals)('%s', async (_name, contract, expected, code, named) => {
    const response = await deploy(contract, host)
    const problem = await response.json<{ code: string; detail: string; errors?: object[] }>()
    expect({ status: response.status, code: problem.code }).toEqual({ status: expected, code })
    expect(problem.detail).toContain(named)
    if (code !== 'version_backwards')
      expect(problem.errors?.[0]).toMatchObject({
        pointer: expect.stringContaining('/contract/'),
        path: expect.any(String),
        problem: expect.any(String),
        reason: expect.any(String),
        remedy: expect.any(String),
      })
    expect((await documentOf()).version).toBe('1.2.0')
    expect((await documentOf()).history).toHaveLength(1)
  })

  it('and says who would break', async () => {
    const grant = { consumer: 'risk.fraud', product: 'purchase.orders', major: 1, purpose: 'Score' }
    await post('/grants', env.OPERATOR_KEY, grant)
    const narrow = { ...grant, consumer: 'growth.reports', view: { columns: ['order_id'], rows: [] } }
    await post('/grants', env.OPERATOR_KEY, narrow)
    const { detail } = await (await deploy(loosened('1.3.0'), host)).json<{ detail: string }>()
    expect(detail).toContain('risk.fraud (fields.status')
    expect(detail).not.toContain('growth.reports')
    const gone = await deploy(
      versioned('1.3.0', { fields: { ...others, status }, measures: undefined }),
      host,
    )
    expect((await gone.json<{ detail: string }>()).detail).toContain('purchase.orders.shop (')
  })

  it('if another one came first', async () => {
    const registration = {
      contract: reworded('1.2.1'),
      contract_hash: 'other',
      url: urlOf(orders, host),
      registered_by: 'purchase.publisher',
      at: '2026-11-20T12:00:00.000Z',
    }
    const place = { db: env.DB, newId: () => crypto.randomUUID() }
    const judgement = {
      compared_with: '1.1.0',
      step: 'patch',
      findings: [],
      affected: [],
      policies: [],
    } as const
    await expect(
      putProduct(place, registration, {
        ...judgement,
        previous: { contract_hash: 'judged against this', url: '' },
      }),
    ).rejects.toMatchObject({ code: 'registration_overtaken' })
    expect((await documentOf()).history).toHaveLength(1)
  })
})

describe('the history', () => {
  it('has each version with what it changed, the newest first', async () => {
    expect((await deploy(reworded('1.2.1'), host)).status).toBe(200)
    expect((await deploy(wider('1.10.0'), host)).status).toBe(200)
    const { version, history } = await documentOf()
    expect(version).toBe('1.10.0')
    expect(history.map((entry) => [entry.version, entry.step, entry.compared_with])).toEqual([
      ['1.10.0', 'minor', '1.2.1'],
      ['1.2.1', 'patch', '1.2.0'],
      ['1.2.0', 'none', null],
    ])
    expect(history[0]?.findings).toContainEqual(
      expect.objectContaining({ path: expect.stringContaining('fields.note'), readers: expect.any(String) }),
    )
    const page = await (await ask('/products/purchase.orders')).text()
    expect(page).toContain('minor change since 1.2.1')
    expect(await (await ask('/products/purchase.orders.md')).text()).toContain('1.10.0,')
  })

  it('does not change when the same is registered again', async () => {
    const before = await env.DB.prepare('SELECT * FROM registrations').all()
    expect((await deploy(wider('1.10.0'), host)).status).toBe(200)
    expect((await env.DB.prepare('SELECT * FROM registrations').all()).results).toEqual(before.results)
  })

  it('follows a product that moves, without a new version', async () => {
    const elsewhere = 'https://history-2.team.example'
    expect((await deploy(wider('1.10.0'), elsewhere)).status).toBe(200)
    expect(await documentOf()).toMatchObject({ url: urlOf(orders, elsewhere), version: '1.10.0' })
    expect((await documentOf()).history).toHaveLength(3)
    await deploy(wider('1.10.0'), host)
  })

  it('begins with what a database from before it has registered', async () => {
    await env.DB.prepare("DELETE FROM registrations WHERE product = 'purchase.orders'").run()
    const known = [expect.objectContaining({ version: '1.10.0', compared_with: null, findings: [] })]
    expect((await documentOf()).history).toEqual(known)
    const next = { ...wider('1.10.1'), purpose: 'Other words.' }
    expect((await deploy(next, host)).status).toBe(200)
    expect((await documentOf()).history.map(({ version }) => version)).toEqual(['1.10.1', '1.10.0'])
  })
})

describe('majors side by side', () => {
  const ending = { deprecated: '2026-12-01', endOfSupport: '2099-06-30', endOfLife: '2099-12-31' } as const
  const older: Contract = {
    ...wider('1.11.0'),
    lifecycle: ending,
    projects: { major: 2, fields: { status: { from: 'state', values: { returned: 'paid' } } } },
  }
  const { status: _status, ...kept } = wider('2.0.0').fields
  const newer: Contract = {
    ...wider('2.0.0'),
    fields: { ...kept, state: oneOf(['placed', 'paid', 'returned'], 'Where the order stands now') },
    indexes: ['state'],
    dimensions: ['state'],
  }

  it('are registered one after the other, each under its own address', async () => {
    expect(await (await deploy(older, host)).json()).toMatchObject({ major: 1, url: urlOf(older, host) })
    expect(await (await deploy(newer, host)).json()).toMatchObject({ major: 2, url: urlOf(newer, host) })
    const { history } = await documentOf()
    expect(history).toEqual([
      expect.objectContaining({ version: '2.0.0', compared_with: '1.11.0', step: 'major' }),
    ])
    expect(history[0]?.affected).toContainEqual(
      expect.objectContaining({ client: 'risk.fraud', role: 'reader' }),
    )
    expect((await documentOf('?major=1')).history[0]).toMatchObject({ version: '1.11.0' })
  })

  it('know of each other', async () => {
    expect(await documentOf('?major=1')).toMatchObject({
      older: [],
      successor: { major: 2, version: '2.0.0', url: urlOf(newer, host) },
    })
    expect(await documentOf()).toMatchObject({
      successor: null,
      older: [
        {
          major: 1,
          version: '1.11.0',
          deprecated: ending.deprecated,
          end_of_life: ending.endOfLife,
          url: urlOf(older, host),
          consumers: expect.arrayContaining([expect.objectContaining({ consumer: 'risk.fraud' })]),
        },
      ],
    })
    const page = await (await ask('/products/purchase.orders?major=1')).text()
    expect(page).toContain('deprecated')
    expect(page).toContain('2099-12-31')
    expect(page).toContain('href="/products/purchase.orders?major=2"')
    expect(page).toContain('href="/products/purchase.orders.json?major=1"')
    const newest = await (await ask('/products/purchase.orders')).text()
    expect(newest).toContain('Still on')
    for (const query of ['', '?major=1'])
      expect(await (await ask(`/products/purchase.orders.md${query}`)).text()).toContain('2099-12-31')
  })

  it('are found once, and listed with their own pages', async () => {
    const found = await (await ask('/products?q=order+number')).text()
    expect(found.match(/<article/g)).toHaveLength(1)
    expect(found).toContain('href="/products/purchase.orders"')
    const listed = await (await ask('/products?majors=all')).text()
    expect(listed).toContain('href="/products/purchase.orders?major=1"')
    expect(await (await ask('/products.md?majors=all')).text()).toContain(
      '/products/purchase.orders.md?major=1',
    )
  })

  it('are one product in the map, whichever of them is read', async () => {
    const reader: Contract = {
      ...accounts,
      id: 'customer.reader',
      inputs: [{ product: 'purchase.orders', major: 1 }],
      freshness: 'PT10M',
      fields: Object.fromEntries(
        Object.entries(accounts.fields).map(([name, field]) => [name, { ...field, from: [] }]),
      ),
    }
    await deployed(reader, host)
    expect((await (await ask('/')).text()).match(/<path class="line derived"/g)).toHaveLength(1)
  })

  it('are each compared with what they serve', async () => {
    await answer(`${urlOf(older, host)}/contract`, { ...older, title: 'Something else' })
    const key = await makeClient('purchase.publisher', 'publisher')
    const response = await post('/products', key, { url: urlOf(older, host), contract: older })
    expect(await response.json()).toMatchObject({ code: 'contract_differs' })
  })

  it('are refused when the older cannot be read from the newer', async () => {
    const returns: Contract = { ...older, id: 'purchase.returns' }
    expect((await deploy(returns, host)).status).toBe(200)
    const response = await deploy(
      { ...newer, id: 'purchase.returns', fields: orders.fields, indexes: [], dimensions: [] },
      host,
    )
    const problem = await response.json<{ code: string; errors: object[] }>()
    expect(problem).toMatchObject({ code: 'contract_invalid' })
    expect(problem.errors).toContainEqual(expect.objectContaining({ path: 'projects.fields.status' }))
  })

  it('name themselves by the hash of what is registered', async () => {
    expect(await documentOf()).toMatchObject({ contract_hash: await contractHash(newer) })
  })
})
