/** A contract as its readable source: contract.ts, made with the builders of @meshloop/contract. */
import type { Contract, Field } from '@meshloop/contract'
import { print, sourceOf, type Source } from './print-source.ts'

/** Files of a product's folder, by name. */
export interface ContractFiles {
  readonly 'contract.ts': string
  /** What an imported document said beyond the contract. */
  readonly 'carried.json'?: string
}

/** The files. A contract that is read from them is the same as this one. */
export function contractFiles(contract: Contract): ContractFiles {
  const { carried, fields, ...rest } = contract
  const used = new Set<string>()
  const members: (readonly [string, Source])[] = Object.keys(contract).map((name) => [
    name,
    name === 'fields'
      ? { members: fieldMembers(fields, used), isOpen: true }
      : name === 'carried'
        ? { text: 'carried', isVariable: true }
        : sourceOf(rest[name as keyof typeof rest]),
  ])
  const body = print({
    call: 'defineProduct',
    with: [{ members: members.map(([name, value]) => [name, opened(value)] as const), isOpen: true }],
  })
  const imports = ['defineProduct', ...used].toSorted()
  const source = [
    `/** The contract of ${contract.id}, from an imported document. */`,
    printImport(imports),
    ...(carried ? [`import carried from './carried.json' with { type: 'json' }`] : []),
    '',
    `/** What ${contract.id} promises. */`,
    `export const ${variableName(contract.id)} = ${body}`,
    '',
  ]
  return {
    'contract.ts': source.join('\n'),
    ...(carried ? { 'carried.json': `${print(sourceOf(carried, 'json'), 'json')}\n` } : {}),
  }
}

/** Lists of rules and the like are read member by member. */
const opened = (value: Source): Source =>
  'members' in value && value.members.some(([, member]) => 'members' in member)
    ? { ...value, isOpen: true }
    : value

function printImport(names: readonly string[]): string {
  const line = `import { ${names.join(', ')} } from '@meshloop/contract'`
  return line.length <= 110
    ? line
    : `import {\n${names.map((name) => `  ${name},\n`).join('')}} from '@meshloop/contract'`
}

const fieldMembers = (
  fields: Readonly<Record<string, Field>>,
  used: Set<string>,
): (readonly [string, Source])[] =>
  Object.entries(fields).map(([name, field]) => [name, fieldSource(field, used)])

function fieldSource(field: Field, used: Set<string>): Source {
  const { kind, means, nullable, class: care, values, items, fields, ...more } = field
  const builder = kind === 'enum' ? 'oneOf' : kind
  used.add(builder)
  const options = { ...(care === 'internal' ? {} : { class: care }), ...(nullable ? { nullable } : {}), ...more } // prettier-ignore
  return {
    call: builder,
    with: [
      ...(values ? [sourceOf(values)] : []),
      ...(items ? [fieldSource(items, used)] : []),
      ...(fields ? [{ members: fieldMembers(fields, used), isOpen: true }] : []),
      sourceOf(means),
      ...(Object.keys(options).length === 0 ? [] : [sourceOf(options)]),
    ],
  }
}

/** `shop.order-lines` as `orderLines`; what is another word of the language or of the file gets more letters. */
function variableName(id: string): string {
  const [, product = ''] = id.split('.')
  const name = product.replaceAll(/-+(.?)/g, (_, letter: string) => letter.toUpperCase())
  return taken.has(name) ? `${name}Product` : name
}

const taken: ReadonlySet<string> = new Set(
  'carried defineProduct bool date id int list money number oneOf struct text time arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof var void while with yield'.split(
    ' ',
  ),
)
