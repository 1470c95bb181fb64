/** How each check ends: with everything that is wrong, not only the first, and an exit code that CI reads. */

/** Prints `inOrder`, or every complaint and then leaves the process with exit code 1. */
export function conclude(inOrder: string, complaints: readonly string[]): void {
  if (complaints.length === 0) {
    console.log(inOrder)
    return
  }
  for (const complaint of complaints) console.error(`- ${complaint}`)
  console.error(`${complaints.length} to mend`)
  process.exitCode = 1
}
