/** Which kind of field holds what a property of an ODCS document describes. */
import { kinds, type Kind } from '../../definition/kinds.ts'
import { enumeratedValues } from './enumeration.ts'
import { lineOf, memberOf, objectsIn, isObject, type Json } from './json.ts'
import { saidOf } from './said.ts'

/** The kind, or why there is none. */
export type ReadKind = { readonly kind: Kind } | { readonly aside: string }

/** Physical types of databases, by their first word, that say more than the logical type or stand in its place. */
const physical: readonly (readonly [Kind, string])[] = [
  ['int', 'int int2 int4 int8 int16 int32 int64 integer smallint bigint tinyint mediumint serial bigserial smallserial long short'],
  ['number', 'number numeric decimal double float float4 float8 real money smallmoney'],
  ['text', 'text varchar nvarchar char nchar bpchar character string uuid citext clob varchar2'],
  ['time', 'timestamp timestamptz datetime datetime2 timestamp_ntz timestamp_ltz timestamp_tz'],
  ['date', 'date'],
  ['bool', 'bool boolean'],
] // prettier-ignore

const logical: Readonly<Record<string, Kind>> = {
  string: 'text',
  integer: 'int',
  number: 'number',
  boolean: 'bool',
  date: 'date',
  timestamp: 'time',
}

/** The kind of a property. What we said counts before what its types say. */
export function kindOfProperty(property: Json): ReadKind {
  const said = saidOf(property).get('kind')
  if (typeof said === 'string' && Object.hasOwn(kinds, said)) return { kind: said as Kind } // a key of kinds
  const logicalType = lineOf(property['logicalType'])
  const physicalType = lineOf(property['physicalType'])
  const fromPhysical = readPhysical(physicalType)
  if (logicalType === undefined)
    return fromPhysical === undefined
      ? { aside: `says no logicalType, and its physicalType ${physicalType ?? '(none)'} is not known` }
      : { kind: fromPhysical }
  if (logicalType === 'array')
    return isObject(property['items'])
      ? { kind: 'list' }
      : { aside: 'is a list that does not say what its items are' }
  if (logicalType === 'object')
    return objectsIn(property['properties']).length > 0
      ? { kind: 'struct' }
      : {
          aside: `is an object of which no members are told${physicalType ? ` (${physicalType})` : ''}`,
        }
  const kind = Object.hasOwn(logical, logicalType) ? logical[logicalType] : undefined
  if (kind === undefined) return { aside: `is a ${logicalType}, which no kind of field holds` }
  if (kind === 'text' && enumeratedValues(property)) return { kind: 'enum' }
  // v3.0 has no timestamps, and not every tool tells integers from numbers.
  const isNarrower =
    (kind === 'date' && fromPhysical === 'time') || (kind === 'number' && fromPhysical === 'int')
  return { kind: isNarrower ? fromPhysical : kind }
}

/** Largest number of characters that a physical type such as `varchar(18)` or `varchar[18]` names. */
export function physicalLength(property: Json): number | undefined {
  const [, length] =
    /^[a-z0-9_ ]{1,40}[([](\d{1,9})[)\]]$/i.exec(lineOf(property['physicalType']) ?? '') ?? []
  return length === undefined ? undefined : Number(length)
}

function readPhysical(type: string | undefined): Kind | undefined {
  const word = /^[a-z0-9_]+/.exec((type ?? '').toLowerCase())?.[0]
  return physical.find(([, words]) => word !== undefined && words.split(' ').includes(word))?.[0]
}

/** How much care the values of a property need. A word that is not known is taken for the strictest. */
export function classOfProperty(property: Json): 'public' | 'internal' | 'personal' | 'sensitive' {
  const word = memberOf(property, 'classification')
  const tags = memberOf(property, 'tags')
  const tagged = (Array.isArray(tags) ? tags : []).map(readClass)
  if (typeof word === 'string' && word.trim() !== '') return readClass(word) ?? 'sensitive'
  if (tagged.includes('sensitive')) return 'sensitive'
  return tagged.includes('personal') ? 'personal' : 'internal'
}

function readClass(word: unknown): 'public' | 'internal' | 'personal' | 'sensitive' | undefined {
  switch (typeof word === 'string' ? word.trim().toLowerCase() : word) {
    case 'public':
      return 'public'
    case 'internal':
      return 'internal'
    case 'personal':
    case 'pii':
      return 'personal'
    case 'sensitive':
    case 'confidential':
    case 'restricted':
      return 'sensitive'
    default:
      return undefined
  }
}
