/** What went wrong with a call, short enough for a report. */
import { ClientError } from '@meshloop/client'
import { LeaseLost } from './lease.ts'

/** A failed call. */
export interface Failure {
  /** The problem's code if the product answered one, else that of the error, else `internal`. */
  readonly code: string
  readonly detail: string
}

const MAX_DETAIL = 300

/** Describes an error; one that ends the tick is thrown on. @throws {LeaseLost} */
export function failureOf(error: unknown): Failure {
  if (error instanceof LeaseLost) throw error
  return {
    code: codeOf(error),
    detail: String(error instanceof Error ? error.message : error).slice(0, MAX_DETAIL),
  }
}

function codeOf(error: unknown): string {
  if (error instanceof ClientError) return error.problem?.code ?? error.code
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'internal'
}
