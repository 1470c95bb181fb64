/** Where data comes from and goes back to: inputs, flags, their gate, the decision, and older majors. */
import { own } from '../check/own.ts'
import type { Contract, GateRule } from '../definition/contract.ts'
import { projected, type ProjectedField } from '../definition/projection.ts'
import { differ, shown, type Change } from './change.ts'

/** Which products it is built from: told, since its freshness and its risks come with them. */
export function* compareInputs(before: Contract, after: Contract): Generator<Change> {
  if (!before.inputs)
    yield {
      code: 'ingest_closed',
      path: 'inputs',
      what: 'it is built from other products now, and takes in no rows',
      readers: 'notice',
      sources: 'breaks',
      remedy: 'Publish what is derived as a product of its own, with this one among its inputs.',
    }
  if (!after.inputs)
    yield { code: 'ingest_opened', path: 'inputs', what: 'sources send it, it is built from nothing else', readers: 'notice' } // prettier-ignore
  const [was, is] = [before.inputs ?? [], after.inputs ?? []].map(
    (inputs) => new Set(inputs.map(({ product, major }) => `${product} ${major}`)),
  )
  for (const input of was ?? [])
    if (!is?.has(input)) yield { code: 'input_removed', path: 'inputs', what: `it is no longer built from ${input}`, readers: 'notice' } // prettier-ignore
  for (const input of is ?? [])
    if (!was?.has(input)) yield { code: 'input_added', path: 'inputs', what: `it is built from ${input}`, readers: 'notice' } // prettier-ignore
}

/** The way back into operational apps. */
export function* compareFlags({ flags: before }: Contract, { flags: after }: Contract): Generator<Change> {
  const path = 'flags'
  if (!before) {
    if (after) yield { code: 'flags_added', path, what: `it publishes the flags ${after.set}` }
    return
  }
  const remedy = `Keep publishing ${before.set} from this major until the apps that read it have moved.`
  if (!after)
    yield { code: 'flags_removed', path, what: `it no longer publishes the flags ${before.set}`, readers: 'breaks', remedy } // prettier-ignore
  if (after && before.set !== after.set)
    yield { code: 'flag_set_changed', path: 'flags.set', what: `the flags ${before.set} are now called ${after.set}`, readers: 'breaks', remedy } // prettier-ignore
  if (after && before.subject !== after.subject)
    yield { code: 'flag_subject_changed', path: 'flags.subject', what: `flags are about ${after.subject}, were about ${before.subject}`, readers: 'breaks', remedy } // prettier-ignore
}

/** What holds for a contract that names no promises of its own. */
const defaultGate: readonly GateRule[] = ['freshness', 'drift', 'quality']

/** The promises on which flags depend; without flags they bind nobody. */
export function* compareGate(before: Contract, after: Contract): Generator<Change> {
  if (!before.flags || !after.flags) return
  const [was, is] = [before.gate ?? defaultGate, after.gate ?? defaultGate]
  for (const rule of was)
    if (!is.includes(rule))
      yield {
        code: 'gate_rule_removed',
        path: `gate.${rule}`,
        what: `flags are published as fresh even while ${rule} is breached`,
        readers: 'breaks',
        remedy: `Keep ${rule} in the gate of this major: apps rely on flags that were judged by it.`,
      }
  for (const rule of is)
    if (!was.includes(rule))
      yield {
        code: 'gate_rule_added',
        path: `gate.${rule}`,
        what: `flags count as stale while ${rule} is breached`,
        readers: 'notice',
      }
}

/** The recorded decision: that it changed is history, not interface. */
export function* compareReintegration(before: Contract, after: Contract): Generator<Change> {
  if (differ(before.reintegration, after.reintegration))
    yield {
      code: 'decision_changed',
      path: 'reintegration',
      what: `the decision is ${shown(after.reintegration)}, was ${shown(before.reintegration)}`,
      readers: 'notice',
      step: 'patch',
    }
}

/** How an older major reads the records of a newer one. */
export function* compareProjection(before: Contract, after: Contract): Generator<Change> {
  const [was, is] = [before.projects, after.projects]
  if (was?.major !== is?.major) {
    const from = (major: number | undefined): string =>
      major === undefined ? 'its own records' : `the records of major ${major}`
    yield {
      code: 'projection_moved',
      path: 'projects',
      what: `it is read from ${from(is?.major)}, was from ${from(was?.major)}${was ? '' : ', and rows are sent there'}`,
      readers: 'notice',
      sources: 'notice',
      step: 'patch',
    }
  } else if (was && is)
    for (const name of Object.keys(before.fields)) {
      const [source, other] = [projected(was, name), projected(is, name)]
      if (own(after.fields, name) && differ(plain(source), plain(other)))
        yield {
          code: 'projection_changed',
          path: `projects.fields.${name}`,
          what: `${name} is made from ${shown(other)}, was from ${shown(source)}`,
          readers: 'breaks',
          remedy: `Keep what ${name} is made from: it is what its readers know it to mean.`,
          fields: [name],
        }
    }
}

/** Without the values that stay as they are. */
function plain(source: ProjectedField): ProjectedField {
  if ('constant' in source || !source.values) return source
  const mapped = Object.entries(source.values).filter(([from, to]) => from !== to)
  return mapped.length === 0 ? { from: source.from } : { ...source, values: Object.fromEntries(mapped) }
}
