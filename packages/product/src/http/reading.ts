/** A reading request: refused unless the contract offers the port and the token a view, answered, and counted. */
import { AccessError } from '@meshloop/access/verify'
import type { View } from '@meshloop/access/claims'
import { classOf, fieldOf, majorOf, type Contract } from '@meshloop/contract'
import type { Runtime } from '../env.ts'
import { ProductError, problems } from '../problems.ts'
import type { Admission } from '../quota/admission.ts'
import type { Found, Made } from '../memo/kept.ts'
import { lookFor, readStanding } from '../memo/remembering.ts'
import { visibleFields } from '../query/visible.ts'
import { meterOf, type Cost } from '../store/meter.ts'
import { writeDataPoint, type DataPoint } from '../usage/data-point.ts'
import { fieldsRead } from '../usage/fields-read.ts'
import { replyOf } from './answer.ts'
import { offers, portsOf, type Way } from './offered-ports.ts'
import { perQuery, searchOf } from './per-query.ts'
import type { Reply } from './reply.ts'
import type { Asked } from './router.ts'
import { isWhole, shownBy, type Shown } from './shown.ts'

/** The runtime for one request: what its queries cost is counted. */
export interface Serving extends Runtime {
  /** What was spent so far. */
  readonly cost: () => Cost
  /** Keeps the answer, so that it can be given again. Absent where nothing may be kept. */
  readonly remember?: ((made: Made) => void) | undefined
  /** An answer whose body goes on for a while: it is counted when the work is done, however that ends. */
  readonly lasting: (work: Promise<unknown>) => void
}

/** Answers from the records, with what the consumer's token shows. `parts`: those of the path. */
export type ReadingHandler = (
  serving: Serving,
  shown: Shown,
  request: Request,
  parts: Readonly<Record<string, string>>,
) => Promise<Reply>

/**
 * Answers through `handle`, or from memory.
 *
 * @throws {ProductError} `port_not_offered`, `view_unfit`, `rate_limited`, `quota_exceeded`
 * @throws {AccessError} as verification does; `revocations_unknown` for a view of personal data
 */
export async function reading(asked: Asked, port: Way, handle: ReadingHandler): Promise<Reply> {
  const { runtime, request, parts } = asked
  const { shown, admission } = await letIn(asked, port)
  const { db, cost } = meterOf(runtime.reader.db)
  const work: Promise<unknown>[] = []
  const lasting = (each: Promise<unknown>): void => void work.push(each)
  const begunAt = runtime.now()
  const spend = (status: number): void => {
    const ms = runtime.now() - begunAt
    countCost(runtime, admission, { port, consumer: shown.consumer, status, cost: cost(), ms })
  }
  const search = searchOf(request)
  const fields = (): readonly string[] =>
    fieldsOf[port](shown, search, () =>
      fieldsRead({ contract: runtime.contract, view: shown.view, port, query: new URLSearchParams(search) }),
    )
  const look = lookFor(runtime, { request, port, shown, waitUntil: asked.waitUntil })
  let reply: Reply
  let kept: Found | undefined
  try {
    kept = await look?.find(() => readStanding(db, runtime.reader.expected))
    const remember =
      look && ((made: Made): void => look.keep({ made, fields: fields(), rowsRead: cost().rowsRead }))
    reply = kept
      ? replyOf(runtime, request, kept.made)
      : await handle({ ...runtime, reader: { ...runtime.reader, db }, cost, lasting, remember }, shown, request, parts) // prettier-ignore
  } catch (error) {
    spend(error instanceof ProductError ? problems[error.code].status : 500)
    throw error
  }
  const counted = (): void => {
    spend(reply.status ?? 200)
    // Whoever acts for a consumer reads with its grant, and counts as it.
    countUse(asked, shown.consumer, kept?.fields ?? fields)
  }
  if (work.length > 0) asked.waitUntil(Promise.allSettled(work).then(counted))
  else {
    // What a view hides is not told by what its answers cost.
    if (isWhole(shown)) reply.headers['server-timing'] = timing(cost(), kept?.place)
    counted()
  }
  return reply
}

const fieldsOf: Readonly<Record<Way, ReturnType<typeof perQuery<readonly string[]>>>> = {
  records: perQuery(),
  aggregate: perQuery(),
  changes: perQuery(),
  exports: perQuery(),
}

/** Who is let in: whom the token shows something, and who has not asked too much. */
async function letIn(
  { runtime, request, admitted }: Asked,
  port: Way,
): Promise<{ readonly shown: Shown; readonly admission: Admission }> {
  const { contract, verifier } = runtime
  if (!offers(contract, port))
    throw new ProductError(
      'port_not_offered',
      `${contract.id} offers no ${port}; it offers ${portsOf(contract).join(', ')}.`,
    )
  const allowing: readonly ['read', ...'aggregate'[]] =
    port === 'aggregate' ? ['read', 'aggregate'] : ['read']
  const claims = await verifier.verify(request.headers.get('authorization'), ...allowing)
  const shown = shownBy(contract, claims)
  const admission = runtime.admit({ contract, claims, isFlat: !isWhole(shown) })
  admitted(admission)
  await admission.refuseMany()
  if (!verifier.knowsRevocations() && showsPersonal(contract, shown.view)) throw revocationsUnknown()
  await admission.refuseUsedUp()
  return { shown, admission }
}

/**
 * Whether the view tells anything personal or sensitive, by a field or by a condition on its rows. Only reading is held up by
 * this: those who send, run, check or take flags see no personal data of others, and without them the mesh would stand still
 * with its catalog.
 */
function showsPersonal(contract: Contract, view: View): boolean {
  const told = [...visibleFields(contract, view), ...view.rows.map(({ field }) => field)]
  return told.some((field) => ['personal', 'sensitive'].includes(classOf(fieldOf(contract, field))))
}

const revocationsUnknown = (): AccessError =>
  new AccessError(
    'revocations_unknown',
    'The catalog has not said for five minutes which tokens it took back, and this one shows personal or sensitive fields. Try again when the catalog is back, or read with a grant that shows none.',
  )

/** Never fails: what was read was read. */
function countCost(
  { contract, env, usage }: Runtime,
  admission: Admission,
  request: Pick<DataPoint, 'port' | 'consumer' | 'status' | 'cost' | 'ms'>,
): void {
  try {
    const major = majorOf(contract)
    admission.charge(request.cost)
    usage.spend({ major, consumer: request.consumer, cost: request.cost })
    if (env.USAGE) writeDataPoint(env.USAGE, { product: contract.id, major, ...request })
  } catch (error) {
    report(error)
  }
}

/** Never fails: an answer that was made is not lost because it could not be counted. */
function countUse(
  { runtime: { contract, usage }, waitUntil }: Asked,
  consumer: string,
  fields: readonly string[] | (() => readonly string[]),
): void {
  try {
    const read = typeof fields === 'function' ? fields() : fields
    usage.count({ major: majorOf(contract), consumer, fields: read })
    if (usage.isDue()) waitUntil(usage.flush().catch(report))
  } catch (error) {
    report(error)
  }
}

const report = (error: unknown): void => {
  // oxlint-disable-next-line no-console -- a Worker's log is its console
  console.error(error)
}

/** `Server-Timing`: the rows of an answer, and where it was found. */
const timing = ({ rowsRead, rowsWritten }: Cost, place: Found['place'] | undefined): string =>
  `${place ? `${place};desc="hit", ` : ''}rows_read;desc="${rowsRead}", rows_written;desc="${rowsWritten}"`
