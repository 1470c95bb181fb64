/** The quality rules of a contract, each with what the product last counted. */
import type { QualityRule } from '@meshloop/contract'
import type { ProductDocument } from '../products/documents.ts'
import type { QualityResult } from '../products/live-state.ts'
import { boundWords, countedWords } from './contract-words.ts'
import { Chip, LongText, Section, Table } from './fact.tsx'
import { formatCount, formatTime } from './format.ts'

/** The section; nothing for a contract without rules. */
export function Quality({ product: { contract, state } }: { product: ProductDocument }) {
  const rules = Object.entries(contract.quality ?? {})
  if (rules.length === 0) return null
  return (
    <Section id="quality" title="Quality rules">
      <p>The product counts these in its own records and tells the result, never the records.</p>
      <Table label="Rules with what was counted" columns={['Rule', 'Promised', 'Allowed', 'Last judged']}>
        {rules.map(([name, rule]) => (
          <RuleRow name={name} rule={rule} result={state.quality?.find((each) => each.rule === name)} />
        ))}
      </Table>
    </Section>
  )
}

function RuleRow({
  name,
  rule,
  result,
}: {
  name: string
  rule: QualityRule
  result: QualityResult | undefined
}) {
  return (
    <tr>
      <th scope="row">
        <code>{name}</code>
        <span class="marks">
          {[rule.severity ?? 'error', rule.dimension].filter((word) => word !== undefined).join(' · ')}
        </span>
      </th>
      <td>
        <LongText text={rule.means} />
        <span class="more">counts {countedWords(rule)}</span>
      </td>
      <td>{boundWords(rule)}</td>
      <td>
        {result?.kept === true && <Chip kind="yes">kept</Chip>}
        {result?.kept === false && <Chip kind="error">broken</Chip>} {judgedWords(result)}
      </td>
    </tr>
  )
}

/** `3 of 12,041, 2026-11-20 12:00:00 UTC`. */
export function judgedWords(result: QualityResult | undefined): string {
  if (!result || result.count === null || result.judged_at === null) return 'not told'
  const of = result.of === null ? '' : ` of ${formatCount(result.of)}`
  return `${formatCount(result.count)}${of}, ${formatTime(result.judged_at)}`
}
