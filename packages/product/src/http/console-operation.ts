/** One operation on the console's page: what it does, an input for each parameter, and what it refuses with. */
import { html, raw } from 'hono/html'
import { askedInHeaders, type Json, type Operation } from '../openapi/operation.ts'
import { codesOf } from '../openapi/refusals.ts'

interface Input {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required: boolean
  readonly description: string
  readonly schema: Json
}

/** The operation, closed until somebody opens it. `issuer` is where the pages of problems are. */
export function operationForm(operation: Operation, issuer: string) {
  const { id, method, path, summary, description, scopes, content, requestBody } = operation
  const inputs = inputsOf(operation)
  const filters = inputs.filter(({ name, in: place }) => place === 'query' && isFilter(inputs, name))
  const types = Object.keys(content)
  const body = requestBody && Object.entries(requestBody.content)[0]
  return html`<details id="${id}">
    <summary><code class="${method}">${method.toUpperCase()} ${path}</code> ${summary}</summary>
    <p>${described(description)}</p>
    <p class="soft">
      ${scopes ? `Needs a token with the scope ${scopes.join(' or ')}.` : 'Open to everybody, without a token.'}
    </p>
    <form data-method="${method.toUpperCase()}" data-path="${path}">
      ${inputs.filter((input) => !filters.includes(input)).map(inputOf)}
      ${types.length > 1 ? inputOf(acceptOf(types)) : ''}
      ${
        filters.length > 0
          ? html`<details class="filters">
              <summary>Filters: ${filters.length}, joined by and</summary>
              <div class="inputs">${filters.map(inputOf)}</div>
            </details>`
          : ''
      }
      ${
        body
          ? html`<label class="wide"
              ><code>body</code> <small>${body[0]}</small
              ><textarea name="body" data-type="${body[0]}" rows="8" spellcheck="false">
${JSON.stringify(body[1]['example'] ?? {}, null, 2)}</textarea>
            </label>`
          : ''
      }
      <div class="actions">
        <button>Send</button> <button type="button" class="next" hidden>Next page</button>
      </div>
      <pre class="request" aria-label="Request" tabindex="0"></pre>
      <p class="status" role="status"></p>
      <pre class="headers" aria-label="Headers of the response" tabindex="0"></pre>
      <pre class="response" aria-label="Response" tabindex="0"></pre>
    </form>
    <p class="soft codes">
      Refuses with
      ${codesOf(operation).map((code) => html`<a href="${issuer}/problems/${code}">${code}</a> `)}
    </p>
  </details>`
}

/** What stands in backticks is code. */
const described = (text: string) =>
  text.split('`').map((part, at) => (at % 2 === 0 ? part : html`<code>${part}</code>`))

const inputsOf = (operation: Operation): Input[] => [
  ...(operation.others ?? []).map((other) => ({ ...other, required: other.required === true })),
  ...(operation.query ?? []).map((parameter) => ({ ...parameter, in: 'query' as const, required: false })),
  ...askedInHeaders(operation).map((other) => ({ ...other, required: false })),
]

/** `placed_at[gte]`, and `placed_at` beside it. */
const isFilter = (inputs: readonly Input[], name: string): boolean =>
  name.endsWith(']') || inputs.some((other) => other.name.startsWith(`${name}[`))

const acceptOf = (types: readonly string[]): Input => ({
  name: 'Accept',
  in: 'header',
  required: false,
  description: 'Media type of the answer',
  schema: { enum: types },
})

function inputOf(input: Input) {
  const { name, description } = input
  return html`<label><code>${name}</code> <small>${description}</small>${control(input)}</label>`
}

/** A choice for what has few values, a number for numbers, else text: what is wrong is for the product to say. */
function control({ name, in: place, required, schema }: Input) {
  const { type, enum: options, minimum, maximum, default: usual, items } = schema
  const values = Array.isArray(options) ? options : type === 'boolean' ? ['true', 'false'] : undefined
  if (values)
    return html`<select name="${name}" data-in="${place}">
      <option value=""></option>
      ${values.map((value) => html`<option>${value}</option>`)}
    </select>`
  const isNumber = type === 'integer' || type === 'number'
  const hint =
    typeof usual === 'string' || typeof usual === 'number'
      ? String(usual)
      : exampleOf((items ?? schema) as Json) // a schema
  return html`<input
    name="${name}"
    data-in="${place}"
    ${isNumber ? raw('type="number" step="any"') : ''}
    ${typeof minimum === 'number' ? raw(`min="${minimum}"`) : ''}
    ${typeof maximum === 'number' ? raw(`max="${maximum}"`) : ''}
    ${required ? raw('required') : ''}
    placeholder="${hint}"
  />`
}

function exampleOf({ format, examples, enum: options }: Json): string {
  if (format === 'date-time') return '2026-11-01T09:30:00.000Z'
  if (format === 'date') return '2026-11-01'
  const [first]: readonly unknown[] =
    [examples, options].find((list): list is unknown[] => Array.isArray(list)) ?? []
  return typeof first === 'string' || typeof first === 'number' ? String(first) : ''
}
