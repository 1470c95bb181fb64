/** A contract as an Open Data Contract Standard document, v3.1.0 (https://bitol-io.github.io/open-data-contract-standard). */
import { own } from '../../check/own.ts'
import type { Contract } from '../../definition/contract.ts'
import type { Field } from '../../definition/fields.ts'
import { kindOf } from '../../definition/kinds.ts'
import { isObject, memberOf, objectsIn, same, type Json } from './json.ts'
import { overlay, readKept } from './kept.ts'
import { namesIn, type Names } from './names.ts'
import { frameMembers, readFrame } from './read-frame.ts'
import { ownMembers, readExamples, readOwn, type PropertyPlace } from './read-property.ts'
import { readRule, type RulePlace } from './read-rule.ts'
import { saidOf, say, withoutSaid, withSaid } from './said.ts'
import { writeOdcs } from './write.ts'

/**
 * The document; `url` is the product's base URL, where it is known. Of an imported contract it says all that the imported
 * document said. `fromOdcs` reads it back exactly: what ODCS has no word for, or what an imported document words otherwise
 * than the contract, stands in custom properties named `meshloop.*`.
 */
export function toOdcs(contract: Contract, url?: string): Json {
  const made = writeOdcs(contract, url)
  const whole = overlay(made, readKept(contract.carried?.['kept']), namesIn(made))
  return sayFrame(sayFields(whole, contract), contract)
}

function sayFrame(document: Json, contract: Contract): Json {
  const read = readFrame(document, namesIn(document))
  const version = contract.carried?.['apiVersion']
  const { quality } = contract
  const hasNoRules = quality !== undefined && Object.keys(quality).length === 0
  return withSaid(document, [
    ...(version === undefined ? [] : [say('apiVersion', version)]),
    ...(hasNoRules ? [say('quality', quality)] : []),
    ...frameMembers
      .filter((name) => !same(read[name], contract[name]))
      .map((name) => say(name, contract[name] ?? null)),
  ])
}

function sayFields(document: Json, contract: Contract): Json {
  const names = namesIn(document)
  const needed = new Set([...contract.key, contract.eventTime])
  const schema = objectsIn(document['schema']).map((table) => {
    const properties = objectsIn(table['properties'])
    const fieldNamed = (name: unknown): string | undefined => {
      const found = properties.find((property) => property['name'] === name)
      return found ? names.get(found) : undefined
    }
    const sayAll = (element: Json, field?: string): Json => sayRules(element, contract, names, { field, fieldNamed }) // prettier-ignore
    const said = properties.map((property) => {
      const name = names.get(property)
      const field = isNamed(property) ? own(contract.fields, name) : undefined
      if (!field || name === undefined) return property
      const place = { names, name, isNeeded: needed.has(name) }
      return withoutName(sayField(sayAll(property, name), field, place), 'field', name)
    })
    return { ...sayAll(table), properties: said }
  })
  return { ...document, schema }
}

/** Whether a property is one that the contract made, not one that is only kept. */
const isNamed = (property: Json): boolean => saidOf(property).has('field')

/** Documents of v3.0 know no timestamps: where theirs is a date, it has no time zone (the schema of v3.1.0 refuses one). */
function withoutZone(property: Json, { kind }: Field): Json {
  const { logicalTypeOptions: options, ...rest } = property
  const { logicalType, logicalTypeOptions: made } = kindOf(kind).odcs
  if (kind !== 'time' || property['logicalType'] === logicalType || !isObject(options)) return property
  const kept = Object.entries(options).filter(([name, value]) => memberOf(made, name) !== value)
  return kept.length === 0 ? rest : { ...property, logicalTypeOptions: Object.fromEntries(kept) }
}

/** Says what reading the property would not give. */
function sayField(laid: Json, field: Field, place: PropertyPlace): Json {
  const property = withoutZone(laid, field)
  const { kind } = readOwn(property, place)
  const kinded = kind === field.kind ? property : withSaid(property, [say('kind', field.kind)])
  const read: Json = { ...readOwn(kinded, place), examples: readExamples(kinded, { ...field }) }
  const missing = ownMembers.filter((name) => !same(read[name], field[name]))
  const said = withSaid(
    kinded,
    missing.map((name) => say(name, field[name] ?? null)),
  )
  const { names } = place
  const items = memberOf(said, 'items')
  const members = objectsIn(said['properties']).map((member) => {
    const name = names.get(member)
    const each = isNamed(member) ? own(field.fields ?? {}, name) : undefined
    return each ? withoutName(sayField(member, each, { names, name }), 'field', name) : member
  })
  return {
    ...said,
    ...(field.items && isObject(items) ? { items: sayField(items, field.items, { names }) } : {}),
    ...(members.length === 0 ? {} : { properties: members }),
  }
}

function sayRules(element: Json, { quality = {} }: Contract, names: Names, place: RulePlace): Json {
  const items = objectsIn(element['quality'])
  if (items.length === 0) return element
  const said = items.map((item) => {
    const name = saidOf(item).get('rule')
    const rule = typeof name === 'string' ? own(quality, name) : undefined
    if (!rule) return item
    const exact = same(readRule(item, place), rule) ? item : withSaid(item, [say('definition', rule)])
    return withoutName(exact, 'rule', names.get(item))
  })
  return { ...element, quality: said }
}

/** Where the name follows from what the document says, it is not said. */
function withoutName(element: Json, name: 'field' | 'rule', found: string | undefined): Json {
  return element['name'] === found ? withoutSaid(element, name) : element
}
