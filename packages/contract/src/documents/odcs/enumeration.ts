/** ODCS has no enumeration type: the values of an `enum` are a rule that no record may break. */
import { isObject, lineOf, memberOf, objectsIn, type Json } from './json.ts'
import { saidOf } from './said.ts'

/** No rule of a contract has this name: theirs have no blanks. */
const NAME = 'allowed values'

/** The rule that stands for the values of an enum. */
export const enumeration = (values: readonly string[]): Json => ({
  name: NAME,
  type: 'library',
  metric: 'invalidValues',
  arguments: { validValues: values },
  mustBe: 0,
})

/** Whether a rule says no more than what values there are. */
export function isEnumeration(item: Json): boolean {
  const { name, type = 'library', metric, mustBe, unit = 'rows', severity = 'error' } = item
  if (saidOf(item).has('rule') || (name !== undefined && name !== NAME)) return false
  const given = memberOf(item['arguments'], 'validValues')
  const isList = Array.isArray(given) && given.length > 0 && given.length <= 200
  if (!isList || !given.every((value) => lineOf(value) !== undefined)) return false
  const onlyArgument = isObject(item['arguments']) && Object.keys(item['arguments']).length === 1
  const asRule = type === 'library' && metric === 'invalidValues' && mustBe === 0 && unit === 'rows'
  return onlyArgument && asRule && severity === 'error' && new Set(given).size === given.length
}

/** The values that a property is restricted to; undefined when it is not. */
export function enumeratedValues(property: Json): readonly string[] | undefined {
  const rule = objectsIn(property['quality']).find(isEnumeration)
  return rule && (memberOf(rule['arguments'], 'validValues') as readonly string[]) // isEnumeration looked at each
}
