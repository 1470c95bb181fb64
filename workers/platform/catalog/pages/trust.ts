/** "Can I trust this data?": the questions that people ask, each with what the catalog can show. */
import type { ProductDocument } from '../products/documents.ts'
import { formatCount, formatTime } from './format.ts'
import { freshnessWords } from './freshness.tsx'

/** One question with its answer. `unknown` is an answer: the catalog never guesses. */
export interface TrustAnswer {
  readonly question: string
  readonly answer: 'yes' | 'no' | 'unknown'
  readonly evidence: string
}

/** The answers for one product. */
export function trustOf(product: ProductDocument): readonly TrustAnswer[] {
  return [
    fresh(product),
    asPromised(product),
    clean(product),
    ...keepsRules(product),
    owned(product),
    traced(product),
    impersonal(product),
  ]
}

function fresh({ state, freshness }: ProductDocument): TrustAnswer {
  const answer = state.verdict === 'fresh' ? 'yes' : state.verdict === 'late' ? 'no' : 'unknown'
  return { question: 'Is it complete and fresh?', answer, evidence: freshnessWords(state, freshness) }
}

function asPromised({ state, contract_hash, drift }: ProductDocument): TrustAnswer {
  const question = 'Is it what was promised?'
  const hash = `${contract_hash.slice(0, 12)}…`
  switch (state.contract) {
    case 'as_registered':
      return {
        question,
        answer: 'yes',
        evidence: `It serves exactly the registered contract (${hash}).`,
      }
    case 'differs':
      return {
        question,
        answer: 'no',
        evidence: `Breach: it serves the contract ${state.served_hash?.slice(0, 12)}…, registered is ${hash}${drift ? `; first seen ${formatTime(drift.since)}` : ''}.`,
      }
    case 'unknown':
      return { question, answer: 'unknown', evidence: `The product did not answer; registered is ${hash}.` }
  }
}

function clean({ state: { changes, quarantined } }: ProductDocument): TrustAnswer {
  const question = 'Is every row in?'
  if (changes === null || quarantined === null) {
    return { question, answer: 'unknown', evidence: 'The product did not answer.' }
  }
  const accepted = `${formatCount(changes)} ${changes === 1 ? 'change' : 'changes'} accepted`
  if (quarantined === 0) return { question, answer: 'yes', evidence: `${accepted}, none in quarantine.` }
  const waiting = `${formatCount(quarantined)} ${quarantined === 1 ? 'row waits' : 'rows wait'} in quarantine, with reasons`
  return { question, answer: 'no', evidence: `${accepted}; ${waiting}.` }
}

function keepsRules({ contract, state }: ProductDocument): readonly TrustAnswer[] {
  const rules = Object.keys(contract.quality ?? {})
  if (rules.length === 0) return []
  const question = 'Does it keep its quality rules?'
  const told = rules.flatMap((rule) => state.quality?.find((result) => result.rule === rule) ?? [])
  const broken = told.filter(({ kept }) => kept === false).map(({ rule }) => rule)
  if (broken.length > 0) return [{ question, answer: 'no', evidence: `Broken: ${broken.join(', ')}.` }]
  const kept = told.filter((result) => result.kept === true).length
  const evidence = `${kept} of ${rules.length} rules judged and kept.`
  return [{ question, answer: kept === rules.length ? 'yes' : 'unknown', evidence }]
}

function owned({ owner, registered_by }: ProductDocument): TrustAnswer {
  return {
    question: 'Does somebody answer for it?',
    answer: 'yes',
    evidence: `${owner.team}, ${owner.support}; registered by ${registered_by}.`,
  }
}

function traced({ lineage: { inputs }, state: { progress } }: ProductDocument): TrustAnswer {
  const question = 'Do we know where it comes from?'
  const missing = inputs.filter(({ title }) => title === null).map(({ id }) => id)
  if (missing.length > 0) {
    return { question, answer: 'no', evidence: `Its input ${missing.join(', ')} is not registered.` }
  }
  if (inputs.length > 0) {
    const names = inputs.map(({ id }) => id).join(' and ')
    return { question, answer: 'yes', evidence: `Built on ${names}; never fresher than the oldest of them.` }
  }
  if (progress.length === 0) return { question, answer: 'unknown', evidence: 'No source has been seen.' }
  const names = progress.map(({ name }) => name).join(' and ')
  return {
    question,
    answer: 'yes',
    evidence: `Sent by ${names}, known by ${progress.length === 1 ? 'its key' : 'their keys'}.`,
  }
}

function impersonal({ contract: { fields } }: ProductDocument): TrustAnswer {
  const question = 'May everybody see it?'
  const named = (wanted: string) =>
    Object.entries(fields)
      .filter(([, field]) => field.class === wanted)
      .map(([name]) => name)
  const protectedFields = ['personal', 'sensitive'].flatMap((wanted) => {
    const names = named(wanted)
    return names.length > 0 ? [`${wanted} ${names.join(', ')}`] : []
  })
  if (protectedFields.length === 0)
    return { question, answer: 'yes', evidence: 'No field is personal or sensitive.' }
  return { question, answer: 'no', evidence: `Fields that need care: ${protectedFields.join('; ')}.` }
}
