/** A module that remembers. */
export const remembered: string[] = []
