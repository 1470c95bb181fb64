/** The access matrix of the steward: what there is to ask it, everybody may ask, and no credential changes an answer. */
import { beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../app.ts'
import { bindings, createSmallMesh, type SmallMesh } from './small-mesh.ts'

/** Routes by method and path, and how they answer a call without parameters. A route that is missing here fails. */
const answers: Readonly<Record<string, number>> = {
  'GET /platform/steward/status': 200,
  'GET /platform/steward/history': 400,
}
const credentials = ['', 'Bearer x.y.z', 'Bearer ml_local_platform.steward_key', 'Basic b3BlcmF0b3I6a2V5']

let mesh: SmallMesh
beforeAll(async () => {
  mesh = await createSmallMesh()
})

describe('access', () => {
  const routes = createApp(() => 0)
    .routes.filter(({ path }) => !path.endsWith('*'))
    .map(({ method, path }) => `${method} ${path}`)

  it('every route has an expectation', () => {
    expect(routes.toSorted()).toEqual(Object.keys(answers).toSorted())
  })

  it.each(routes)('%s', async (route) => {
    const [method = '', path = ''] = route.split(' ')
    for (const authorization of credentials) {
      const init = { method, headers: { authorization } }
      const answer = await createApp(mesh.now).request(`https://mesh.test${path}`, init, bindings)
      expect(answer.status, authorization).toBe(answers[route])
    }
  })

  it.each(['POST', 'PUT', 'DELETE'])('%s changes nothing: there is no such route', async (method) => {
    const answer = await createApp(mesh.now).request(
      'https://mesh.test/platform/steward/status',
      { method },
      bindings,
    )
    expect(answer.status).toBe(404)
  })
})
