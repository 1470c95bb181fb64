/** `mesh contract export` and `mesh contract import`. */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { contractHash, readContract, type Contract } from '@meshloop/contract'
import { fromOdcs, toOdcs } from '@meshloop/contract/documents'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { run } from '../src/program.ts'
import { terminalMemory } from './terminal-memory.ts'

const checkout = resolve(import.meta.dirname, '../../..')
const examples = resolve(checkout, '../shared/odcs/examples')

let root: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'mesh-contracts-'))
  symlinkSync(join(import.meta.dirname, '../node_modules'), join(root, 'node_modules'))
})
afterAll(() => rmSync(root, { recursive: true }))

const mesh = async (from: string, ...args: string[]) => {
  const terminal = terminalMemory()
  const context = { root: from, env: {}, terminal, stop: new AbortController().signal }
  return { code: await run(['contract', ...args], context), ...terminal.written }
}

const document = `
apiVersion: v3.0.2
kind: DataContract
id: payments
version: 1.0.0
status: active
tenant: ClimateQuantumInc
description:
  purpose: "Payments, as the bank's booking system has them, from the moment they are booked until they are settled or called back"
schema:
  - name: Payments
    properties:
      - { name: PaymentID, logicalType: string, primaryKey: true, required: true, businessName: 'It''s "the" number', physicalType: varchar(18) }
      - { name: booked, logicalType: date, physicalType: timestamp }
      - name: amount
        logicalType: number
        description: "What was paid. \\u202E \\u2028 \${process.exit(1)} */ \`x\` \\\\ '); process.exit(1) // and a long sentence that does not fit in one line"
        logicalTypeOptions: { minimum: 1.0e+30 }
        quality: [{ metric: nullValues, mustBeLessThan: 5, unit: percent }]
      - { name: state, logicalType: string, quality: [{ metric: invalidValues, mustBe: 0, arguments: { validValues: [authorised, booked, settled, called back, refused, in doubt, reviewed, archived] } }] }
      - { name: place, logicalType: object, properties: [{ name: City, logicalType: string, required: true }, { name: Zip, logicalType: string }] }
      - { name: tags, logicalType: array, items: { logicalType: string, description: A tag } }
      - { name: raw, logicalType: object }
team: { name: Payments }
support: [{ channel: '#payments' }]
slaProperties: [{ property: latency, value: 1, unit: h }]
`

const importing = async (name: string, text: string, ...args: string[]) => {
  const file = join(root, `${name}.odcs.yaml`)
  writeFileSync(file, text)
  return mesh(root, 'import', file, '--domain', 'bank', '--into', name, ...args)
}

/** What Node itself makes of the written files. */
function exported(...paths: string[]): Contract[] {
  const urls = paths.map((path) => pathToFileURL(join(root, path, 'contract.ts')).href)
  const script = `console.log(JSON.stringify(await Promise.all(${JSON.stringify(urls)}.map(async (url) => Object.values(await import(url))[0]))))`
  const text = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    maxBuffer: 1e8,
  })
  return (JSON.parse(text) as unknown[]).map(readContract)
}

/** What every written file must stand: the compiler, the bundler of the Workers, the formatter. */
async function expectReadable(...folders: string[]): Promise<void> {
  const files = folders.map((folder) => join(root, folder, 'contract.ts'))
  const carried = folders
    .map((folder) => join(root, folder, 'carried.json'))
    .filter((file) => existsSync(file))
  const tsconfig = join(root, 'tsconfig.json')
  writeFileSync(
    tsconfig,
    JSON.stringify({
      extends: join(checkout, 'tsconfig.base.json'),
      compilerOptions: { types: ['node'], typeRoots: [join(checkout, 'node_modules/@types')] },
      files,
    }),
  )
  const bin = join(checkout, 'node_modules/.bin')
  expect(spawnSync(join(bin, 'tsc'), ['-p', tsconfig], { encoding: 'utf8' }).stdout).toBe('')
  const format = ['--check', '-c', join(checkout, '.oxfmtrc.json'), ...files, ...carried]
  expect(spawnSync(join(bin, 'oxfmt'), format, { encoding: 'utf8', cwd: root })).toMatchObject({ status: 0 })
  await build({
    entryPoints: files,
    outdir: root,
    bundle: true,
    write: false,
    format: 'esm',
    logLevel: 'silent',
  })
}

describe('import', () => {
  test('writes a contract that Node, the compiler and the bundler read, and that says all of the document', async () => {
    const { code, out, err } = await importing('plain', document, '--event-time', 'booked')
    expect(code).toBe(0)
    expect(out).toBe('plain/bank/payments/contract.ts\nplain/bank/payments/carried.json\n')
    expect(err).toContain('is an object of which no members are told:\n    /schema/records/properties/raw')
    const contract = exported('plain/bank/payments')[0] ?? expect.fail('it is read')
    const [direct] = fromOdcs(parse(document), { domain: 'bank', eventTime: 'booked' }).products
    expect(await contractHash(contract)).toBe(await contractHash(direct?.contract ?? contract))
    expect(JSON.stringify(toOdcs(contract))).toContain('"tenant":"ClimateQuantumInc"')
    const source = readFileSync(join(root, 'plain/bank/payments/contract.ts'), 'utf8')
    expect(source).toContain(`payment_id: text(`)
    expect(source).toMatch(/\\u202e \\u2028/)
    await expectReadable('plain/bank/payments')
  })

  test('takes the domain from the document, and asks for it where there is none', async () => {
    const file = join(root, 'domain.odcs.yaml')
    const args = ['import', file, '--event-time', 'booked', '--into', 'domain']
    writeFileSync(file, document)
    expect(await mesh(root, ...args)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/domain: says no domain.*\(--domain\)/),
    })
    writeFileSync(file, `${document}domain: Retail Bank\n`)
    expect(await mesh(root, ...args)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^domain\/retail-bank\/payments\/contract.ts\n/),
    })
  })

  test('overwrites nothing', async () => {
    await importing('twice', document, '--event-time', 'booked')
    const path = join(root, 'twice/bank/payments/contract.ts')
    writeFileSync(path, 'mine')
    expect(await importing('twice', document, '--event-time', 'booked')).toMatchObject({
      code: 1,
      err: expect.stringContaining('is there already'),
    })
    expect(readFileSync(path, 'utf8')).toBe('mine')
  })

  test('says what is missing, and with which option it is given', async () => {
    expect(await importing('missing', document.replace('primaryKey: true, ', ''))).toMatchObject({
      code: 1,
      err: expect.stringMatching(
        /Payments:\n.*no primary key.*out of payment_id.*\(--key\)\n.*out of booked \(--event-time\)/,
      ),
    })
    expect(existsSync(join(root, 'missing'))).toBe(false)
  })

  test('takes words of the language for names', async () => {
    const names = ['class', 'date', 'carried', 'order lines']
    for (const name of names)
      await importing('words', document.replace('name: Payments', `name: ${name}`), '--event-time', 'booked')
    const folders = names.map((name) => `words/bank/${name.replace(' ', '-')}`)
    for (const { key } of exported(...folders)) expect(key).toEqual(['payment_id'])
    await expectReadable(...folders)
  })

  test.each([
    ['a bomb of aliases', `a: &a [x,x,x,x,x,x,x,x,x,x]\n${['b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name, i) => `${name}: &${name} [${Array.from({ length: 10 }, () => `*${String.fromCharCode(97 + i)}`).join()}]`).join('\n')}`, /alias/],
    ['an alias of itself', 'a: &a [*a]', /alias|itself|deep/i],
    ['a tag', 'a: !!js/function "x"', /tag/i],
    ['a tag of its own', 'a: !danger x', /tag/i],
    ['a binary', 'a: !!binary aGk=', /no JSON value/],
    ['several documents', 'a: 1\n---\nb: 2', /several documents/],
    ['nothing', '', /empty/],
    ['a name twice', 'a: 1\na: 2', /unique/i],
    ['no YAML', 'a: [', /./],
    ['brackets without end', '['.repeat(500_000), /deeper than/],
    ['lists without end', '- '.repeat(100_000), /deep/],
    ['maps without end', Array.from({ length: 1_500 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'), /deep/],
    ['questions without end', '? '.repeat(100_000), /deep/],
    ['names without end', Array.from({ length: 80_000 }, (_, i) => `a${i}: 1`).join('\n'), /longer than 10 seconds/],
    ['a megabyte too much', `a: ${'x'.repeat(2_000_001)}`, /at most 2000000/],
    ['no text', Buffer.from([0xff, 0xfe, 0x41]), /UTF-8/],
    ['a prototype', '__proto__: { kind: DataContract }', /__proto__/],
    ['a number that is none', `${document}\nx: .inf`, /no JSON value/],
    ['a contract of another kind', 'kind: DataProduct\napiVersion: v1', /DataProduct/],
    ['control characters', `${document.replace('Payments\n', '"\\e[31mred"\n')}`, /red/],
  ])('%s is refused', async (what, text, message) => {
    const file = join(root, 'hostile.yaml')
    writeFileSync(file, text)
    const { code, err } = await mesh(root, 'import', file, '--domain', 'bank', '--into', `hostile ${what}`)
    expect(err).toMatch(message)
    expect(err).not.toContain('\u001b')
    expect(code).toBe(1)
    expect(existsSync(join(root, `hostile ${what}`))).toBe(false)
  }, 60_000) // prettier-ignore

  test('a file that is not there is told', async () => {
    expect(await mesh(root, 'import', '/nothing.yaml', '--domain', 'd')).toMatchObject({
      code: 1,
      err: '/nothing.yaml cannot be read: there is no such file.\n',
    })
  })

  test.skipIf(!existsSync(examples))(
    'official examples become files that all tools take (skipped where ../shared/odcs is not beside the project)',
    async () => {
      const all = [
        ['all-data-types', '--key', 'account_id', '--event-time', 'txn_timestamp'],
        ['full-example', '--add-event-time', 'recorded_at'],
        ['column-validity', '--add-event-time', 'measured_at'],
        ['postgresql-adventureworks-contract', '--event-time', 'modifieddate'],
      ] as const
      const folders: string[] = []
      for (const [name, ...args] of all) {
        const more = [
          '--freshness',
          'PT1H',
          '--team',
          'T',
          '--support',
          's',
          '--purpose',
          'P',
          '--into',
          name,
        ]
        const { out } = await mesh(
          root,
          'import',
          join(examples, `${name}.odcs.yaml`),
          '--domain',
          'shop',
          ...args,
          ...more,
        )
        folders.push(...out.split('\n').filter((line) => line.endsWith('contract.ts')).map((line) => line.replace('/contract.ts', ''))) // prettier-ignore
      }
      expect(folders).toHaveLength(1 + 2 + 1 + 67)
      for (const { carried } of exported(...folders)) expect(carried).toBeDefined()
      await expectReadable(...folders)
    },
  )
})

describe('export', () => {
  test.each([
    ['odcs', (text: string) => expect(JSON.parse(text)).toMatchObject({ kind: 'DataContract', id: 'purchase.orders' })],
    ['jsonschema', (text: string) => expect(JSON.parse(text)).toMatchObject({ title: 'purchase.orders' })],
    ['openapi', (text: string) => expect(JSON.parse(text)).toMatchObject({ openapi: '3.1.0', servers: [{ url: expect.stringMatching(/purchase\/orders\/v\d+$/) }] })],
    ['definition', (text: string) => expect(readContract(JSON.parse(text)).id).toBe('purchase.orders')],
    ['tool', (text: string) => expect(JSON.parse(text)).toMatchObject({ annotations: { readOnlyHint: true } })],
    ['markdown', (text: string) => expect(text).toMatch(/^# Orders\n/)],
    ['sql', (text: string) => expect(text).toMatch(/^CREATE TABLE "records" \(\n {2}"order_id" TEXT/)],
  ])('%s comes from the checkout alone', async (format, check) => {
    const { code, out } = await mesh(checkout, 'export', 'purchase.orders', '--format', format)
    expect(code).toBe(0)
    check(out)
  }) // prettier-ignore

  test('YAML is read back as the same contract', async () => {
    const { out } = await mesh(checkout, 'export', 'risk.fraud', '--yaml')
    writeFileSync(join(root, 'fraud.yaml'), out)
    mkdirSync(join(root, 'back'))
    await mesh(
      root,
      'import',
      join(root, 'fraud.yaml'),
      '--domain',
      'risk',
      '--product',
      'fraud',
      '--into',
      'back',
    )
    const definition = await mesh(checkout, 'export', 'risk.fraud', '--format', 'definition')
    expect(exported('back/risk/fraud')).toEqual([JSON.parse(definition.out)])
  })

  test.each([
    ['a format that is none', ['purchase.orders', '--format', 'constructor'], /no format: use odcs/],
    ['an unknown product', ['purchase.nothing'], /no product purchase.nothing/],
    ['a major that is none', ['purchase.orders', '--major', '99'], /no major 99; it has 1/],
  ])('%s is refused', async (_what, args, message) => {
    expect(await mesh(checkout, 'export', ...args)).toMatchObject({
      code: 1,
      err: expect.stringMatching(message),
    })
  })
})
