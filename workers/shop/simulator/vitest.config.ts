import { workerTests } from '../../../tools/vitest-workers.ts'
import { createMesh } from './test/mesh.ts'

const mesh = createMesh()

export default workerTests(import.meta.dirname, {
  outboundService: async (request: Request) => mesh.fetch(request.url, { body: await request.text() }),
})
