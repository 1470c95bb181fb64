/**
 * Everything that is measured, one part after the other on one machine: `pnpm bench`. With `--json` as one document. A part alone:
 * `pnpm exec node bench/serve.ts`.
 */
import { totals } from './aggregate.ts'
import { derivation } from './derive.ts'
import { exporting } from './exports.ts'
import { ingesting } from './ingest.ts'
import { beside } from './peers.ts'
import { limits } from './quota.ts'
import { scale } from './scale.ts'
import { serving } from './serve.ts'
import { run } from './side-by-side.ts'
import { startup } from './startup.ts'
import { streams } from './streams.ts'

await run([startup, serving, totals, ingesting, streams, exporting, limits, derivation, beside, scale])
