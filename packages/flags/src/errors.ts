/** The one error class of this package. */

/** What can go wrong in the caller's hands; what can go wrong in KV is a state of a reading, not an error. */
export type FlagsErrorCode =
  | 'aud_invalid'
  | 'secret_invalid'
  | 'pins_invalid'
  | 'key_invalid'
  | 'subject_invalid'
  | 'value_invalid'
  | 'slot_invalid'
  | 'entry_invalid'
  | 'entry_too_large'
  | 'page_too_large'
  | 'page_expiring'
  | 'head_invalid'
  | 'prev_unfit'
  | 'epoch_ahead'

/** A mistake or a broken limit on the caller's side. `code` is stable; the message says what, why and the fix. */
export class FlagsError extends Error {
  override readonly name = 'FlagsError'
  readonly code: FlagsErrorCode

  constructor(code: FlagsErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
