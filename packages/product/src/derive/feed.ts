/** The feeds of a derivation's inputs, read over HTTP with this product's own grants. */
import { ClientError, type Client } from '@meshloop/client'
import { majorOf, type Contract } from '@meshloop/contract'
import { ProductError } from '../problems.ts'
import type { ReadFeed } from './feeding.ts'
import type { ReadExports } from './from-export.ts'

/** Cursors that an input does not take: of another life of it, or of another grant or format. Its feed begins again. */
const BEGIN_AGAIN = ['resync_required', 'cursor_invalid']

/** Pages are this much smaller where those of an input were too large to read. */
const SMALLER = 8

/** Reads feeds through a client. What cannot be read now fails the run as `input_unavailable`; the next one tries again. */
export function feedOf(client: Client): ReadFeed {
  const most = new Map<string, number>()
  const read: ReadFeed = async (input, after, asked, fields) => {
    const limit = Math.min(asked, most.get(input.id) ?? asked)
    try {
      return await client.changes(refOf(input), { after, limit, fields })
    } catch (error) {
      if (!(error instanceof ClientError)) throw error
      if (after !== undefined && BEGIN_AGAIN.includes(error.problem?.code ?? '')) return undefined
      if (error.code !== 'answer_too_large' || limit === 1) throw unavailable(input, error)
      most.set(input.id, Math.ceil(limit / SMALLER))
      return read(input, after, asked, fields)
    }
  }
  return read
}

/** Reads exports through a client. For a grant that shows a part, also since a moment ago, there are none. */
export const exportsOf = (client: Client): ReadExports => {
  const noneOr = (input: Contract) => (error: unknown) => {
    if (error instanceof ClientError && error.problem?.code === 'exports_restricted') return undefined
    throw unavailable(input, error)
  }
  return {
    newest: (input) => client.exports.newest(refOf(input)).catch(noneOr(input)),
    open: async (input, id) => {
      const found = await client.exports.read(refOf(input), id).catch(noneOr(input))
      return found && { ...found, files: found.files.filter(({ format }) => format === 'ndjson') }
    },
    file: (input, id, file) => client.exports.file(refOf(input), id, file).catch(noneOr(input)),
  }
}

const refOf = (input: Contract) => ({ product: input.id, major: majorOf(input) })

const unavailable = (input: Contract, error: unknown): unknown =>
  error instanceof ClientError
    ? new ProductError('input_unavailable', `${input.id} cannot be read: ${error.message}`)
    : error
