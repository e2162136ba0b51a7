import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { database, freePorts, type TestDatabase, testFolder, testGround } from '@praxisbus/testing'

/** The EHR as it is, but for one row of a table that was written without a permission, or without a look at its sender. */
const UNGUARDED = {
  page: `routes: [...routes, { ...routes[0], kind: 'page', endpoint: 'GET /unguarded/:token' }], rpc`,
  webhook: `routes: [...routes, { ...routes[0], kind: 'webhook', endpoint: 'POST /v1/unguarded' }], rpc`,
  HTTP: `routes: [...routes, { ...routes[0], endpoint: 'GET /v1/unguarded', permission: undefined }], rpc`,
  gRPC: `routes, rpc: { ...rpc, methods: { ...rpc.methods, GetEncounter: { ...rpc.methods.GetEncounter, permission: undefined } } }`,
}
const TOLD = {
  page: 'route GET /unguarded/:token does not say who may open it',
  webhook: 'route POST /v1/unguarded declares no verification of its sender',
  HTTP: 'route GET /v1/unguarded declares no known permission',
  gRPC: 'gRPC method praxisbus.ehr.v1.Ehr/GetEncounter declares no known permission',
}

let clone: TestDatabase
beforeAll(async () => {
  clone = await database('ehr')
})
afterAll(() => clone.drop())

test.each(['HTTP', 'gRPC', 'webhook', 'page'] as const)(
  'P-06 a service does not start with a %s row that declares no permission, no verification and no link',
  async (kind) => {
    const source = (file: string) =>
      JSON.stringify(new URL(`../services/ehr/src/${file}`, import.meta.url).href)
    const script = join(await testFolder('unguarded'), 'main.ts')
    await writeFile(
      script,
      `import { runService, startOrExplain } from ${JSON.stringify(new URL('../libs/runtime/src/index.ts', import.meta.url).href)}
     import { readSettings } from ${source('config.ts')}
     import { routes as routesOf } from ${source('routes.ts')}
     import { rpc } from ${source('rpc.ts')}
     const routes = routesOf({})
     startOrExplain(() => runService({ name: 'ehr', description: '', settings: readSettings(process.env), reactions: [], ${UNGUARDED[kind]} }))`,
    )
    const { kafka, redis } = testGround()
    const [http, grpc] = await freePorts(2)
    const env = {
      PATH: process.env.PATH,
      HTTP_PORT: String(http),
      GRPC_PORT: String(grpc),
      DATABASE_URL: clone.appUrl,
      RELAY_DATABASE_URL: clone.relayUrl,
      KAFKA_BROKERS: kafka.brokers,
      REDIS_URL: redis.url,
      OIDC_ISSUER: 'http://127.0.0.1:1',
      BILLING_GRPC: '127.0.0.1:1',
      LOG_LEVEL: 'fatal',
    }
    const ended = await promisify(execFile)(process.execPath, ['--no-warnings', script], {
      env,
      timeout: 20_000,
    }).catch((error: { code: number; stderr: string }) => error)
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining(TOLD[kind]) })
  },
)
