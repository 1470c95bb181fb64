/** The fields of a form by which somebody says what is shown: asked for, approved, narrowed. */
import { classes, type Class, type Contract } from '@meshloop/contract'
import type { Terms } from '../../grants/grant.ts'
import { Choice, described, Field, Mistake, type Filled } from './form-parts.tsx'
import { RowFields } from './row-fields.tsx'
import { quotaWords } from './terms-words.ts'

/** What each class of fields is about. */
const classWords: Readonly<Record<Class, string>> = {
  public: 'may be known by everybody',
  internal: 'stays in the company',
  personal: 'is about people',
  sensitive: 'hurts people in wrong hands',
}

/** What the fields are made of. */
export interface TermsFieldsContent {
  readonly contract: Contract
  readonly filled: Filled
  /** Terms that may only be narrowed: nothing beyond them is offered. */
  readonly within?: Terms
}

/** Records or totals, fields, rows, the quota, and the end. `readTerms` reads them. */
export function TermsFields(content: TermsFieldsContent) {
  const { filled, within } = content
  return (
    <>
      <Scopes {...content} />
      <Shown {...content} />
      <RowFields {...content} />
      <Field name="rows_per_day" label="Rows a day" hint={quotaHint(within)} mistakes={filled.mistakes}>
        <input
          id="rows_per_day"
          name="rows_per_day"
          inputmode="numeric"
          value={filled.values.get('rows_per_day') ?? ''}
          {...described('rows_per_day', filled.mistakes, true)}
        />
      </Field>
      <Field name="ends_on" label="Last day" hint={endHint(within)} mistakes={filled.mistakes}>
        <input
          id="ends_on"
          name="ends_on"
          type="date"
          value={filled.values.get('ends_on') ?? ''}
          {...(within?.ends_at ? { max: within.ends_at.slice(0, 10) } : {})}
          {...described('ends_on', filled.mistakes, true)}
        />
      </Field>
    </>
  )
}

function quotaHint(within: Terms | undefined): string {
  const most = within?.rows_per_day ?? null
  if (most !== null) return `${quotaWords(most)}, as it is said now; less is possible.`
  return 'Rows that the database reads for it on a day (UTC). Empty: no quota.'
}

function endHint(within: Terms | undefined): string {
  if (within === undefined) return 'Two years from now at the latest; then one asks again.'
  if (within.ends_at === null) return 'Empty: it goes on until it is revoked.'
  return `${within.ends_at.slice(0, 10)} at the latest.`
}

function Scopes({ filled: { values }, within, contract }: TermsFieldsContent) {
  if (within?.scopes.length === 0) return null
  const totalsOnly = within !== undefined && !within.scopes.includes('read')
  const chosen = totalsOnly ? 'aggregate' : (values.get('scope') ?? 'read')
  const measures = Object.keys(contract.measures ?? {})
  return (
    <fieldset>
      <legend>Records or totals</legend>
      {!totalsOnly && (
        <Choice kind="radio" name="scope" value="read" checked={chosen === 'read'}>
          Records, changes and totals
        </Choice>
      )}
      <Choice
        kind="radio"
        name="scope"
        value="aggregate"
        checked={chosen === 'aggregate'}
        hint={measures.length === 0 ? 'This product offers no totals yet.' : `It has ${measures.join(', ')}.`}
      >
        Totals only: no single record is shown
      </Choice>
    </fieldset>
  )
}

function Shown({ contract, filled: { values, mistakes }, within }: TermsFieldsContent) {
  const asked = within?.view
  const chosen = values.get('shown') ?? 'columns'
  const named = asked?.columns ?? null
  const offered = classes.filter((name) => asked?.classes?.includes(name) ?? true)
  const groups = offered
    .map((name) => ({
      name,
      fields: Object.entries(contract.fields).filter(
        ([field, { class: of }]) => of === name && (named?.includes(field) ?? true),
      ),
    }))
    .filter(({ fields }) => fields.length > 0)
  const [byClass, byName] = [values.getAll('class'), values.getAll('column')]
  const free = named === null
  return (
    <fieldset
      id="shown"
      class={`${free ? 'shown' : ''}${mistakes['shown'] === undefined ? '' : ' has-mistake'}`}
      {...described('shown', mistakes)}
    >
      <legend>Fields</legend>
      <Mistake name="shown" mistakes={mistakes} />
      {free && !asked?.classes && (
        <Choice kind="radio" name="shown" value="all" checked={chosen === 'all'}>
          Everything, also what the contract adds later
        </Choice>
      )}
      {free && (
        <Choice kind="radio" name="shown" value="classes" checked={chosen === 'classes'}>
          All fields of some classes, also those added later
        </Choice>
      )}
      {free && (
        <div class="boxes of-classes">
          {groups.map(({ name }) => (
            <Choice kind="checkbox" name="class" value={name} checked={byClass.includes(name)}>
              <span class={`class ${name}`}>{name}</span> <span class="quiet">{classWords[name]}</span>
            </Choice>
          ))}
        </div>
      )}
      {free ? (
        <Choice kind="radio" name="shown" value="columns" checked={chosen === 'columns'}>
          Single fields
        </Choice>
      ) : (
        <input type="hidden" name="shown" value="columns" />
      )}
      {groups.map(({ name, fields }) => (
        <fieldset class="boxes of-columns">
          <legend>
            <span class={`class ${name}`}>{name}</span> <span class="hint">{classWords[name]}</span>
          </legend>
          <div class="boxes-in columns">
            {fields.map(([field, { name: title, means }]) => (
              <Choice
                kind="checkbox"
                name="column"
                value={field}
                checked={byName.includes(field)}
                hint={means.slice(0, 300)}
              >
                {title ? `${title} ` : ''}
                <code>{field}</code>
              </Choice>
            ))}
          </div>
        </fieldset>
      ))}
    </fieldset>
  )
}
