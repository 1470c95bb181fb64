/** Code for a developer's machine alone: a variable that keeps it off can be set wrongly, so it must not be deployed at all. */

/** Words that stand in such code, and in no other. A test builds local.ts, so that they cannot drift from it. */
const developmentMarkers = ['Development sign-in: no password, only on this machine']

/** What a deployed bundle holds of it. */
export function developmentComplaints(name: string, bundle: string): string[] {
  return developmentMarkers
    .filter((marker) => bundle.includes(marker))
    .map(
      (marker) =>
        `${name} would deploy code for developers' machines ("${marker}"): import it from local.ts only.`,
    )
}
