import { once } from 'node:events'
import { createRequire } from 'node:module'
import type { ClientDuplexStream } from '@grpc/grpc-js'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { protoPath as healthProto } from 'grpc-health-check'
import type { GrpcServer } from './server.ts'
import { ehr, openTrial, plainCall, thrown } from './test-server.ts'

const REFLECTION_PROTO = createRequire(import.meta.url)
  .resolve('@grpc/reflection')
  .replace('src/index.js', 'proto/grpc/reflection/v1/reflection.proto')

let trial: Awaited<ReturnType<typeof openTrial>>
let server: GrpcServer

beforeAll(async () => {
  trial = await openTrial()
  server = await trial.start()
})
afterAll(() => trial.close())

describe('P-01 health and reflection', () => {
  test('everybody may see whether it serves', async () => {
    const own = await trial.start()
    const health = trial.plainClient(own.port, healthProto, 'grpc.health.v1.Health')
    const check = async (service: string) => (await plainCall(health, 'Check', { service })).response?.status
    expect([await check(''), await check('praxisbus.ehr.v1.Ehr')]).toEqual(['SERVING', 'SERVING'])
    own.setServing(false)
    expect([await check(''), await check('praxisbus.ehr.v1.Ehr')]).toEqual(['NOT_SERVING', 'NOT_SERVING'])
    own.setServing(true)
    expect(await check('')).toBe('SERVING')
    expect((await plainCall(health, 'Check', { service: 'other' })).code).toBe('NOT_FOUND')
  })

  test('everybody may ask what there is', async () => {
    const reflection = trial.plainClient(server.port, REFLECTION_PROTO, 'grpc.reflection.v1.ServerReflection')
    const stream = reflection.ServerReflectionInfo!() as ClientDuplexStream<object, object>
    stream.write({ listServices: '*' })
    const [answer] = await once(stream, 'data')
    stream.end()
    expect(answer.listServicesResponse.service).toContainEqual({ name: 'praxisbus.ehr.v1.Ehr' })
  })
})

describe('P-06 a service does not start', () => {
  // Rows as somebody without the type checker would write them.
  const start = (methods: object, over: object = {}) => thrown(trial.start({ ...over, methods } as never))
  const { GetEncounter, ...others } = ehr.methods as unknown as Record<string, object>
  const { GetVisitNotes: _, ...withoutNotes } = others

  test.each<[string, object]>([
    [
      'praxisbus.ehr.v1.Ehr/GetEncounter declares no known permission',
      { GetEncounter: { ...GetEncounter, permission: undefined }, ...others },
    ],
    [
      'praxisbus.ehr.v1.Ehr/GetEncounter declares no known permission',
      { GetEncounter: { ...GetEncounter, permission: 'all' }, ...others },
    ],
    ['praxisbus.ehr.v1.Ehr/GetVisitNotes has no row in rpc.ts', { GetEncounter, ...withoutNotes }],
    ['praxisbus.ehr.v1.Ehr/GetMore is not in the proto', { GetEncounter, ...others, GetMore: GetEncounter }],
  ])('where %s', async (text, methods) => {
    expect(await start(methods)).toMatchObject({ message: `gRPC method ${text}` })
  })

  test('where the proto has no such service', async () => {
    expect(await start({}, { service: 'praxisbus.ehr.v2.Ehr' })).toMatchObject({
      message: 'ehr.proto defines no service praxisbus.ehr.v2.Ehr',
    })
  })

  test('where the port is taken', async () => {
    expect(await thrown(trial.start({ port: server.port }))).toMatchObject({
      message: expect.stringContaining('EADDRINUSE'),
    })
  })
})
