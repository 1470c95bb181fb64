/** Problem documents (RFC 9457) of products, and the token endpoint's errors (RFC 6749, section 5.2), which carry our codes too. */
import * as z from 'zod'

const part = z.object({
  parameter: z.string().optional(),
  pointer: z.string().optional(),
  detail: z.string(),
})

const problemSchema = z.object({
  /** Stable: what a caller decides by. */
  code: z.string().min(1).max(100),
  title: z.string().optional(),
  detail: z.string().optional(),
  error_description: z.string().optional(),
  errors: z.array(part).optional(),
})

/** What was wrong, in the words of whoever answered. */
export type Problem = Readonly<z.output<typeof problemSchema>>

/** Longer reasons are cut in messages: they come from somebody else and land in logs. */
const MAX_REASON = 300

/** The problem in a body; undefined if it holds none. */
export function readProblem(text: string): Problem | undefined {
  try {
    return problemSchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

/** One line for a message: code and reason, or just the status. */
export function reasonOf(problem: Problem | undefined, status: number): string {
  if (!problem) return `status ${status}`
  const reason = problem.detail ?? problem.error_description ?? problem.title ?? ''
  return `${problem.code}: ${reason.slice(0, MAX_REASON)}`
}
