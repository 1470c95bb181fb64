/** Where a mesh keeps its keys. */
import { join } from 'node:path'

/** The file of keys in a state folder. */
export const keysPath = (stateFolder: string): string => join(stateFolder, 'keys.json')
