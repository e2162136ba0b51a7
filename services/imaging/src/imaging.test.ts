import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { connectRpc, newId } from '@praxisbus/runtime'
import {
  api,
  database,
  type Issuer,
  issuer,
  type RunningService,
  startService,
  type TestDatabase,
  testFolder,
  testGround,
  topicReader,
  waitFor,
} from '@praxisbus/testing'
import { readSettings } from './config.ts'
import { pdf } from './testing/files.ts'

describe('the service as a process', () => {
  let signIn: Issuer
  let tables: TestDatabase
  let service: RunningService
  const practiceId = newId()
  const topicPrefix = `imaging-${newId()}-`

  beforeAll(async () => {
    ;[signIn, tables] = await Promise.all([issuer(), database('imaging')])
    const env = { OBJECT_STORE_DIR: await testFolder('objects') }
    service = await startService('imaging', {
      database: tables,
      ground: testGround(),
      issuer: signIn,
      topicPrefix,
      env,
    })
  }, 60_000)
  afterAll(async () => {
    await service?.stop()
    await signIn?.stop()
    await tables?.drop()
  })

  const token = (permissions: string[], practice = practiceId) =>
    signIn.token({ userId: 'clerk', name: 'Clerk', practices: { [practice]: { roles: [], permissions } } })

  test('I-01 I-04 P-01 a scan goes in over HTTP, comes out on the topics, and is told over gRPC', async () => {
    const mine = await token(['scan.read', 'scan.write'])
    const clerk = api(service.httpUrl, mine)
    const batch = (await clerk.post('/v1/scan-batches', { type: 'payment' })).body
    const file = await pdf({ pages: ['check', 'statement'] })
    const path = `/v1/image-sets/${batch.imageSets[0].imageSetId}/images?fileName=eob.pdf`
    const answer = await clerk.raw('POST', path, file, 'application/pdf')
    expect(answer.status).toBe(201)

    const reader = await topicReader(testGround(), {
      topicPrefix,
      topics: ['scan-batch.created', 'images.imported'],
    })
    const created = await reader.until(({ topic }) => topic === 'scan-batch.created')
    const imported = await reader.until(({ topic }) => topic === 'images.imported')
    await reader.stop()
    expect([created.key, imported.key]).toEqual([batch.scanBatchId, batch.scanBatchId])
    expect([created.headers.ce_sequence, imported.headers.ce_sequence]).toEqual(['1', '2'])
    expect(imported.value.images).toHaveLength(2)

    const rpc = connectRpc({
      proto: 'imaging.proto',
      service: 'praxisbus.imaging.v1.Imaging',
      address: service.grpcAddress,
    })
    const ask = (scanBatchId: string, caller: string, practice = practiceId) =>
      rpc.call('GetScanBatch', { scanBatchId }, { principal: { token: caller, practiceId: practice } })
    const told = await ask(batch.scanBatchId, mine)
    expect(told).toMatchObject({
      scanBatchId: batch.scanBatchId,
      type: 'payment',
      status: 'open',
      version: 2,
    })
    expect(told.imageSets[0]!.images.map((image) => image.imageId)).toEqual(
      answer.body.images.map((image: { imageId: string }) => image.imageId),
    )
    const stranger = newId()
    await expect(
      ask(batch.scanBatchId, await token(['scan.read'], stranger), stranger),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(ask(batch.scanBatchId, await token(['scan.write']))).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    })
    await expect(ask('7', mine)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
    rpc.close()
  }, 60_000)

  test('I-04 what was imported is there after a restart, and a killed service leaves no decoder behind', async () => {
    const clerk = api(service.httpUrl, await token(['scan.read', 'scan.write']))
    const { body } = await clerk.get('/v1/scan-batches')
    const batch = (await clerk.get(`/v1/scan-batches/${body.items[0].scanBatchId}`)).body
    const { imageSetId, images } = batch.imageSets[0]
    const pages = Array.from({ length: 150 }, (_, index) => `page ${index}`)
    const long = await pdf({ pages, sizePt: [1500, 1500] })
    const cut = clerk
      .raw('POST', `/v1/image-sets/${imageSetId}/images`, long, 'application/pdf')
      .catch(() => 'cut')
    await waitFor(async () => (await decoders()).length > 0, 10_000, 'a decoder')
    // Not its process group: the decoder must end by itself.
    process.kill(service.pid, 'SIGKILL')
    expect(await cut).toBe('cut')
    await waitFor(async () => (await decoders()).length === 0, 10_000, 'its end')
    await service.restart()
    const again = (await clerk.get(`/v1/scan-batches/${batch.scanBatchId}`)).body
    expect(again).toEqual(batch)
    expect((await clerk.get(`/v1/images/${images[1].imageId}/thumbnail`)).status).toBe(200)
  }, 60_000)
})

test('P-01 all faults of the environment are told at once', () => {
  expect(() => readSettings({ PDF_DPI: '5', IMPORT_MAX_PAGES: 'many' })).toThrow(
    /OBJECT_STORE_DIR: is not set[\s\S]*IMPORT_MAX_PAGES:[\s\S]*PDF_DPI:/,
  )
})

/** Processes of this machine that read a file (Linux). */
async function decoders(): Promise<string[]> {
  const all = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(
    all.map((id) => readFile(join('/proc', id, 'cmdline'), 'utf8').catch(() => '')),
  )
  return lines.filter((line) => line.includes('imaging/src/adapters/decoder/process.ts'))
}
