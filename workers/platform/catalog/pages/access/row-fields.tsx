/** The fields of a form by which somebody says which records are shown. */
import { filterable, type Contract } from '@meshloop/contract'
import type { Terms } from '../../grants/grant.ts'
import { described, Mistake, type Filled } from './form-parts.tsx'
import { conditionPlaces } from './read-terms.ts'
import { conditionWords, operatorWords } from './terms-words.ts'

/** Conditions that are added to those of `within`, which stay. */
export function RowFields({
  contract,
  filled: { values, mistakes },
  within,
}: {
  contract: Contract
  filled: Filled
  within?: Terms
}) {
  const kept = within?.view.rows ?? []
  return (
    <fieldset>
      <legend>{kept.length > 0 ? 'Rows, further narrowed' : 'Rows'}</legend>
      {kept.length > 0 && <p>These conditions stay: {kept.map(conditionWords).join(', and ')}.</p>}
      <p class="hint">
        Show only records that fit. Empty: all. Several values of “is one of” are separated by commas.
      </p>
      {conditionPlaces.map((place) => {
        const name = `row_${place}`
        const value = (part: string) => values.get(`${name}_${part}`) ?? ''
        return (
          <div
            id={name}
            role="group"
            aria-label={`Condition ${place}`}
            class={mistakes[name] === undefined ? 'field' : 'field has-mistake'}
          >
            <Mistake name={name} mistakes={mistakes} />
            <div class="condition">
              <select name={`${name}_field`} aria-label="Field" {...described(name, mistakes)}>
                <option value="">any</option>
                {filterable(contract).map((field) => (
                  <option value={field} selected={value('field') === field}>
                    {field}
                  </option>
                ))}
              </select>
              <select name={`${name}_op`} aria-label="Comparison">
                {Object.entries(operatorWords).map(([op, words]) => (
                  <option value={op} selected={value('op') === op}>
                    {words}
                  </option>
                ))}
              </select>
              <input
                type="text"
                name={`${name}_value`}
                aria-label="Value"
                maxlength={500}
                value={value('value')}
              />
            </div>
          </div>
        )
      })}
    </fieldset>
  )
}
