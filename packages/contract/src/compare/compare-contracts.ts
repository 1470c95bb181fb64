/** Everything that differs between two contracts, judged for those who read and for those who send. */
import { filterable, type Contract } from '../definition/contract.ts'
import { compareAccess } from './access-rules.ts'
import {
  compareDimensions,
  compareEventTime,
  compareIndexes,
  compareKey,
  compareMeasures,
  comparePorts,
  compareRollups,
  compareVersionBy,
} from './access-paths.ts'
import { carriedOver, fieldsCarriedOver } from './carried-over.ts'
import { differ, findingOf, rewritten, type Change, type Comparer } from './change.ts'
import { compareExports, compareLimits } from './costs.ts'
import { compareFields } from './fields.ts'
import { steps, type Comparison, type Finding, type Step } from './finding.ts'
import { compareId, compareOwner, comparePrice, compareTerms, compareVisibility, worded } from './identity.ts'
import { compareFlags, compareGate, compareInputs, compareProjection, compareReintegration } from './loop.ts'
import { compareLifecycle, comparePromise } from './promises.ts'
import { compareQuality } from './quality.ts'
import { declaresRenames, renamesOf } from './renames.ts'

/**
 * What changed from `before` to `after`, two valid contracts of one product. For readers loosening breaks, for sources
 * tightening does; the step follows. The version itself is no difference: it is what the step is held against.
 * Two majors are compared in the same way; what the older one's projection declares as renamed counts as renamed.
 */
export function compareContracts(before: Contract, after: Contract): Comparison {
  // Derived products take in no rows, and of an older major the newer one does.
  const hasSources =
    before.inputs === undefined && (before.projects === undefined || declaresRenames(before, after))
  const findings = changesOf(before, after).map((change) => findingOf(change, hasSources))
  return {
    findings,
    step: largest(findings),
    readers: findings.some(({ readers }) => readers === 'breaks') ? 'breaks' : 'compatible',
    sources: findings.some(({ sources }) => sources === 'breaks') ? 'breaks' : 'compatible',
  }
}

function changesOf(before: Contract, after: Contract): Change[] {
  const renames = renamesOf(before, after)
  const fields = fieldsCarriedOver(before.fields, renames)
  const carried = carriedOver(before, after, renames)
  const place = { path: 'fields', filtered: new Set(filterable(carried)) }
  const changes = [...compareFields(fields, after.fields, place, renames)]
  const olderName = new Map([...renames].map(([older, newer]) => [newer, older]))
  for (const [member, compare] of Object.entries(comparers)) {
    if (!differ(carried[member as Compared], after[member as Compared])) continue // a key of the table
    const found = [...compare(carried, after)]
    if (found.length === 0) found.push(rewritten(member))
    for (const change of found)
      changes.push(
        change.fields
          ? { ...change, fields: change.fields.map((name) => olderName.get(name) ?? name) }
          : change,
      )
  }
  return changes
}

type Compared = Exclude<keyof Contract, 'version' | 'fields'>

/** One row a member, so that a new member of the contract does not compile before somebody has thought about it. */
const comparers: { readonly [M in Compared]-?: Comparer } = {
  id: compareId,
  key: compareKey,
  eventTime: compareEventTime,
  versionBy: compareVersionBy,
  indexes: compareIndexes,
  measures: compareMeasures,
  dimensions: compareDimensions,
  rollups: compareRollups,
  ports: comparePorts,
  exports: compareExports,
  limits: compareLimits,
  freshness: comparePromise('freshness'),
  frequency: comparePromise('frequency'),
  retention: comparePromise('retention'),
  tombstones: comparePromise('tombstones'),
  availability: comparePromise('availability'),
  lifecycle: compareLifecycle,
  quality: compareQuality,
  visibility: compareVisibility,
  access: compareAccess,
  price: comparePrice,
  terms: compareTerms,
  flags: compareFlags,
  gate: compareGate,
  reintegration: compareReintegration,
  inputs: compareInputs,
  projects: compareProjection,
  owner: compareOwner,
  title: worded('title'),
  purpose: worded('purpose'),
  limitations: worded('limitations', 'notice'),
  carried: worded('carried'),
}

const largest = (findings: readonly Finding[]): Step =>
  findings.reduce<Step>(
    (step, finding) => (steps.indexOf(finding.step) > steps.indexOf(step) ? finding.step : step),
    'none',
  )
