/** Who and what a contract speaks of, and what it promises beside its fields. */
import { ports as allPorts, type Contract } from '../definition/contract.ts'
import { durationMs } from '../definition/duration.ts'
import type { ContractProblem } from '../definition/contract-error.ts'
import { ID } from './names.ts'

/** Problems of id, version, promises and lifecycle. */
export function* checkPromises(contract: Contract): Generator<ContractProblem> {
  if (!ID.test(contract.id))
    yield {
      path: 'id',
      problem: 'is <domain>.<product>, each 1 to 31 of a-z, 0-9 and -, beginning with a letter',
    }
  if (!/^[1-9]\d{0,5}(?:\.(?:0|[1-9]\d{0,5})){2}$/.test(contract.version))
    yield {
      path: 'version',
      problem: 'is <major>.<minor>.<patch> without leading zeros; the first major is 1',
    }
  yield* checkDurations(contract)
  const { availability, price, ports, limits } = contract
  if (availability !== undefined && !(availability > 0 && availability <= 100))
    yield { path: 'availability', problem: 'is per cent: more than 0 and at most 100, e.g. 99.5' }
  if (price && !/^[A-Z]{3}$/.test(price.currency))
    yield { path: 'price.currency', problem: 'is an ISO 4217 code such as EUR' }
  if (limits?.requests !== undefined && !isRequests(limits.requests))
    yield { path: 'limits.requests', problem: `is a number of requests a minute, 1 to ${MOST_REQUESTS}` }
  if (ports && (ports.length === 0 || new Set(ports).size !== ports.length))
    yield { path: 'ports', problem: `names each of ${allPorts.join(', ')} at most once, and at least one` }
  yield* checkLifecycle(contract)
}

/** More than a database answers anyway. */
const MOST_REQUESTS = 1_000_000

const isRequests = (a: number): boolean => Number.isSafeInteger(a) && a >= 1 && a <= MOST_REQUESTS

function* checkDurations({
  freshness,
  frequency,
  retention,
  tombstones,
}: Contract): Generator<ContractProblem> {
  if (!isDuration(freshness)) yield { path: 'freshness', problem: 'is a duration such as PT5M or P1D' }
  if (frequency !== undefined && !isDuration(frequency))
    yield { path: 'frequency', problem: 'is a duration such as PT1H; leave it out to promise nothing' }
  if (retention !== undefined && !isDuration(retention))
    yield {
      path: 'retention',
      problem: 'is a duration such as P90D; leave it out to promise nothing',
    }
  if (tombstones !== undefined && !((durationMs(tombstones) ?? 0) >= LEAST_TOMBSTONES_MS))
    yield {
      path: 'tombstones',
      problem: 'is a duration of P1D or more; leave it out to tell deletions for good',
    }
}

/** Who reads for the first time, and who was away for a night, must not miss a deletion. */
const LEAST_TOMBSTONES_MS = 86_400_000

const isDuration = (text: string): boolean => (durationMs(text) ?? 0) > 0

const order = ['generalAvailability', 'deprecated', 'endOfSupport', 'endOfLife'] as const

/** The days of a life follow one another. */
function* checkLifecycle({ lifecycle = {} }: Contract): Generator<ContractProblem> {
  const days = order.flatMap((name) => {
    const day = lifecycle[name]
    return day === undefined ? [] : [{ name, day }]
  })
  for (const { name, day } of days)
    if (!isDay(day)) yield { path: `lifecycle.${name}`, problem: 'is a day, YYYY-MM-DD' }
  for (const [index, { name, day }] of days.entries()) {
    const before = days[index - 1]
    if (before && before.day > day)
      yield { path: `lifecycle.${name}`, problem: `is ${day}, before ${before.name} on ${before.day}` }
  }
}

const isDay = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.slice(0, 10) === text
