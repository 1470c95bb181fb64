/** Runs before each test file, in workerd as in Node: hands the number of random runs to fast-check. */
import fc from 'fast-check'
import { inject } from 'vitest'

fc.configureGlobal({ numRuns: inject('randomRuns') })
