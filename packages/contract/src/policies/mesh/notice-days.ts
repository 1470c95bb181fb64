/** How long readers have to move from an older major. */

/** The notice of a breaking change, in days. */
export const NOTICE_DAYS = 90
