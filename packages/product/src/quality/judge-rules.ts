/**
 * Counts what a contract's quality rules count, over all living records of one moment.
 *
 * As many rules as possible share one pass over the table. A rule about duplicates needs a pass of its own, which sorts
 * where no index helps.
 */
import {
  boundOf,
  isWithin,
  type Bound,
  type Contract,
  type QualityRule,
  type Severity,
} from '@meshloop/contract'
import { countedBy, duplicatesOf, isRecordRule, valuesOf } from './rule-sql.ts'

/** What a rule counted, and whether that is what is promised. */
export interface RuleResult {
  /** Its name in the contract. */
  readonly rule: string
  readonly severity: Severity
  /** What it counts. A rule about `rows` is a volume alarm, which others can provoke. */
  readonly counts: 'nulls' | 'missing' | 'invalid' | 'duplicates' | 'rows' | 'holds'
  readonly count: number
  /** All living records. */
  readonly of: number
  readonly unit: 'rows' | 'percent'
  readonly bound: Bound
  readonly kept: boolean
}

/** The results of one moment. */
export interface Judgement {
  /** Sequence number of the last change that is in it. */
  readonly seq: number
  readonly records: number
  readonly results: readonly RuleResult[]
}

type Named = readonly [name: string, rule: QualityRule]

/** One statement and the rules that its columns c0, c1, … count. */
interface Pass {
  readonly text: string
  readonly values: readonly string[]
  readonly rules: readonly Named[]
}

/** D1 takes 100 columns and 100 kB of text a statement. */
const MAX_RULES = 80
const MAX_CHARACTERS = 60_000

/** Judges all rules in one transaction. */
export async function judgeRules(db: D1Database, contract: Contract): Promise<Judgement> {
  const passes = passesOf(Object.entries(contract.quality ?? {}))
  const found = await db.batch<Readonly<Record<string, number>>>(
    passes.map(({ text, values }) => db.prepare(text).bind(...values)),
  )
  const { seq = 0, records = 0 } = found[0]?.results[0] ?? {}
  const counts = new Map(
    passes.flatMap(({ rules }, pass) =>
      rules.map(([name], at) => [name, found[pass]?.results[0]?.[`c${at}`] ?? 0] as const),
    ),
  )
  return {
    seq,
    records,
    results: Object.entries(contract.quality ?? {}).map(([name, rule]) =>
      resultOf(name, rule, counts.get(name) ?? 0, records),
    ),
  }
}

/** The statements that count these rules. The first counts all living records too, and names the moment. */
export function passesOf(rules: readonly Named[]): Pass[] {
  const shared = portions(rules.filter(([, rule]) => isRecordRule(rule))).map(passOf)
  const own = rules.flatMap(([name, rule]) =>
    'duplicates' in rule
      ? [{ text: duplicatesOf(rule.duplicates), values: [], rules: [[name, rule] as const] }]
      : [],
  )
  return [...shared, ...own]
}

const moment = ['coalesce((SELECT seq FROM _state), 0) AS seq', 'count(*) AS records']

function passOf(rules: readonly Named[]): Pass {
  const counted = rules.flatMap(([, rule]) => (isRecordRule(rule) ? [rule] : []))
  const columns = counted.map((rule, at) => `count(*) FILTER (WHERE ${countedBy(rule, at)}) AS c${at}`)
  return {
    // What is bound must be named, also where no rule has a value.
    text: `SELECT ${[...moment, ...columns].join(', ')} FROM records WHERE _deleted = 0 AND ?1 IS NOT NULL`,
    values: [JSON.stringify(counted.map(valuesOf))],
    rules,
  }
}

function portions(rules: readonly Named[]): Named[][] {
  const portions: Named[][] = [[]]
  let characters = 0
  for (const named of rules) {
    const [, rule] = named
    const size = isRecordRule(rule) ? countedBy(rule, MAX_RULES).length + 50 : 0
    const open = portions.at(-1)
    if (open && open.length < MAX_RULES && characters + size <= MAX_CHARACTERS) {
      open.push(named)
      characters += size
    } else {
      portions.push([named])
      characters = size
    }
  }
  return portions
}

function resultOf(name: string, rule: QualityRule, count: number, records: number): RuleResult {
  const { severity = 'error', unit = 'rows' } = rule
  const bound = boundOf(rule)
  const measured = unit === 'rows' ? count : records === 0 ? 0 : (100 * count) / records
  return {
    rule: name,
    severity,
    counts: kindOfRule(rule),
    count,
    of: records,
    unit,
    bound,
    kept: isWithin(measured, bound),
  }
}

function kindOfRule(rule: QualityRule): RuleResult['counts'] {
  if ('nulls' in rule) return 'nulls'
  if ('missing' in rule) return 'missing'
  if ('invalid' in rule) return 'invalid'
  if ('duplicates' in rule) return 'duplicates'
  return 'rows' in rule ? 'rows' : 'holds'
}
