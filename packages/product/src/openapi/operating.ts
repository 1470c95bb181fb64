/** What the steward and who answers for the product call, as operations. */
import type { Scope } from '@meshloop/access/claims'
import type { Contract } from '@meshloop/contract'
import { qualityProperties } from './describing.ts'
import { json, type Json, type Operation } from './operation.ts'
import type { Code } from './refusals.ts'

/** The operations that the product has. */
export const operatingOperations = (contract: Contract): readonly Operation[] => [
  operate(
    'POST /quality',
    'judgeQuality',
    'check',
    'Judge the records by the contract’s rules, if they changed',
    {
      schema: { type: 'object', properties: qualityProperties, required: ['quality', 'quality_state'] },
    },
  ),
  ...(contract.projects || !contract.inputs
    ? []
    : [
        operate('POST /run', 'run', 'run', 'Go on deriving, one bounded step', {
          codes: ['run_conflict', 'input_unavailable'],
        }),
      ]),
  ...(contract.projects || !contract.flags ? [] : flags),
]

const flagCodes: readonly Code[] = ['flags_stopped', 'flags_unconfigured', 'run_conflict']
const bodyCodes: readonly Code[] = ['body_malformed', 'body_too_large', 'encoding']
const flags: readonly Operation[] = [
  operate('POST /flags/prepare', 'prepareFlags', 'flags', 'Sign pages of flags that changed', {
    codes: [...flagCodes, ...bodyCodes],
    hasBody: true,
  }),
  operate('POST /flags/commit', 'commitFlags', 'flags', 'Sign a head over pages that are put', {
    codes: [...flagCodes, ...bodyCodes],
    hasBody: true,
  }),
  operate('GET /flags/log', 'flagsLog', 'flags', 'Heads that were signed', { codes: flagCodes }),
]

/** Most take what the steward has and answer what it needs: their bodies are described in the runtime alone. */
function operate(
  route: `${'GET' | 'POST'} /${string}`,
  id: string,
  scope: Scope,
  summary: string,
  {
    codes = [],
    hasBody = false,
    schema = { type: 'object' },
  }: { codes?: readonly Code[]; hasBody?: boolean; schema?: Json },
): Operation {
  const [method, path] = route.split(' ')
  return {
    method: method === 'GET' ? 'get' : 'post',
    path: path as `/${string}`, // of the template above
    id,
    tag: 'Operate',
    summary,
    description: `${summary}. Needs a token with the scope ${scope}.`,
    scopes: [scope],
    ...(hasBody ? { requestBody: { required: true, content: json({ type: 'object' }) } } : {}),
    content: json(schema),
    codes: method === 'GET' ? codes : [...codes, 'database_full'],
  }
}
