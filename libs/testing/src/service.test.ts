import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { api } from './api.ts'
import { database, type TestDatabase } from './database.ts'
import { type Issuer, issuer } from './issuer.ts'
import { type ServiceOptions, startService } from './service.ts'
import { testFolder, testGround } from './test-ground.ts'

let clone: TestDatabase
let signIn: Issuer
let options: ServiceOptions
beforeAll(async () => {
  clone = await database('imaging')
  signIn = await issuer()
  const env = { OBJECT_STORE_DIR: await testFolder('objects') }
  options = { database: clone, ground: testGround(), issuer: signIn, topicPrefix: 'service-test.', env }
})
afterAll(async () => {
  await signIn.stop()
  await clone.drop()
})

test('a service runs as a process of its own and comes back at the same address after kill -9', async () => {
  const service = await startService('imaging', options)
  const first = service.pid
  await service.kill9()
  await expect(api(service.httpUrl).get('/readyz')).rejects.toThrow()
  await service.restart()
  expect(service.pid).not.toBe(first)
  expect((await api(service.httpUrl).get('/readyz')).status).toBe(200)
  await service.stop()
  expect(await service.logs()).toContain('stopping')
})

test('a service that does not start says why in its own words', async () => {
  const faulty = { ...options, env: { ...options.env, LOG_LEVEL: 'loud' } }
  await expect(startService('imaging', faulty)).rejects.toThrow(
    /imaging ended while it started[\s\S]*LOG_LEVEL/,
  )
})
