/** The feeds of a derivation's inputs, read over HTTP with this product's own grants. */
import { ClientError, type Client } from '@meshloop/client'
import { majorOf } from '@meshloop/contract'
import { ProductError } from '../problems.ts'
import type { ReadFeed } from './feeding.ts'

/** Cursors that an input does not take: of another life of it, or of another grant or format. Its feed begins again. */
const BEGIN_AGAIN = ['resync_required', 'cursor_invalid']

/** Reads feeds through a client. What cannot be read now fails the run as `input_unavailable`; the next one tries again. */
export const feedOf =
  (client: Client): ReadFeed =>
  async (input, after, limit, fields) => {
    try {
      return await client.changes({ product: input.id, major: majorOf(input) }, { after, limit, fields })
    } catch (error) {
      if (!(error instanceof ClientError)) throw error
      if (after !== undefined && BEGIN_AGAIN.includes(error.problem?.code ?? '')) return undefined
      throw new ProductError('input_unavailable', `${input.id} cannot be read: ${error.message}`)
    }
  }
