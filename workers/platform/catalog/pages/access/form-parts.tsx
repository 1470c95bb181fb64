/** What forms are made of: a form with its token, fields with their mistakes, choices, and what came of it. */
import type { Child } from 'hono/jsx'
import { formTokenField } from '../../people/forms.ts'
import type { Session } from '../../people/sessions.ts'

/** What somebody filled in, and what is wrong with it by the name of the field; shown again together. */
export interface Filled {
  readonly values: URLSearchParams
  readonly mistakes: Mistakes
}

/** By the name of the field, in words. `form`: what belongs to no field. */
export type Mistakes = Readonly<Record<string, string>>

/** Nothing filled in, nothing wrong. */
export const blank: Filled = { values: new URLSearchParams(), mistakes: {} }

/** A form that posts to the page's own path, or to `action`; `act` says what it does. */
export function ActForm({
  session,
  act,
  wide,
  label,
  action,
  children,
}: {
  session: Session
  act: string
  action?: string
  wide?: boolean
  label?: string
  children: Child
}) {
  return (
    <form
      method="post"
      class={wide ? 'form wide' : 'form'}
      {...(label ? { 'aria-label': label } : {})}
      {...(action ? { action } : {})}
    >
      <input type="hidden" name={formTokenField} value={session.formToken} />
      <input type="hidden" name="act" value={act} />
      {children}
    </form>
  )
}

/** A mistake, found by the field that it is about. */
export function Mistake({ name, mistakes }: { name: string; mistakes: Mistakes }) {
  const words = mistakes[name]
  return words === undefined ? null : (
    <p class="mistake" id={`${name}-mistake`}>
      {words}
    </p>
  )
}

/** Attributes of a control that tell of its hint and its mistake. */
export function described(name: string, mistakes: Mistakes, hint = false) {
  const wrong = mistakes[name] !== undefined
  const ids = [...(hint ? [`${name}-hint`] : []), ...(wrong ? [`${name}-mistake`] : [])]
  return {
    ...(ids.length > 0 ? { 'aria-describedby': ids.join(' ') } : {}),
    ...(wrong ? { 'aria-invalid': 'true' as const } : {}),
  }
}

/** A labelled control. */
export function Field({
  name,
  label,
  hint,
  mistakes,
  children,
}: {
  name: string
  label: string
  hint?: string
  mistakes: Mistakes
  children: Child
}) {
  return (
    <div class={mistakes[name] === undefined ? 'field' : 'field has-mistake'}>
      <label for={name}>{label}</label>
      {hint && (
        <span class="hint" id={`${name}-hint`}>
          {hint}
        </span>
      )}
      <Mistake name={name} mistakes={mistakes} />
      {children}
    </div>
  )
}

/** A line or some lines of text. */
export function TextField({
  name,
  label,
  hint,
  filled: { values, mistakes },
  rows,
  maxLength = 500,
}: {
  name: string
  label: string
  hint?: string
  filled: Filled
  /** More than a line. */
  rows?: number
  maxLength?: number
}) {
  const shared = {
    id: name,
    name,
    maxlength: maxLength,
    ...described(name, mistakes, hint !== undefined),
  }
  return (
    <Field name={name} label={label} {...(hint === undefined ? {} : { hint })} mistakes={mistakes}>
      {rows === undefined ? (
        <input type="text" {...shared} value={values.get(name) ?? ''} />
      ) : (
        <textarea rows={rows} {...shared}>
          {values.get(name) ?? ''}
        </textarea>
      )}
    </Field>
  )
}

/** One of several, or some of many. */
export function Choice({
  kind,
  name,
  value,
  checked,
  children,
  hint,
}: {
  kind: 'radio' | 'checkbox'
  name: string
  value: string
  checked: boolean
  children: Child
  hint?: Child
}) {
  const id = `${name}-${value}`
  return (
    <div class="choice">
      <input
        type={kind}
        id={id}
        name={name}
        value={value}
        checked={checked}
        {...(hint === undefined ? {} : { 'aria-describedby': `${id}-hint` })}
      />
      <label for={id}>{children}</label>
      {hint !== undefined && (
        <span class="hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
    </div>
  )
}

/** All mistakes at the top of a form, each with the way to its field. `ids`: fields whose first control is called otherwise. */
export function MistakeList({
  mistakes,
  ids = {},
}: {
  mistakes: Mistakes
  ids?: Readonly<Record<string, string>>
}) {
  const all = Object.entries(mistakes)
  if (all.length === 0) return null
  return (
    <section class="mistakes" role="alert" aria-labelledby="mistakes">
      <h2 id="mistakes">{all.length === 1 ? 'One thing to mend' : `${all.length} things to mend`}</h2>
      <ul>
        {all.map(([name, words]) => (
          <li>{name === 'form' ? words : <a href={`#${ids[name] ?? name}`}>{words}</a>}</li>
        ))}
      </ul>
    </section>
  )
}
