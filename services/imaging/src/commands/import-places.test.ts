import { once } from 'node:events'
import { request } from 'node:http'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { newId } from '@praxisbus/runtime'
import { type Api, waitFor } from '@praxisbus/testing'
import { png } from '../testing/files.ts'
import { openScanDesk, type ScanDesk } from '../testing/scan-desk.ts'

const PLACES = 3

let desk: ScanDesk
let clerk: Api
let imageSetId: string
beforeAll(async () => {
  desk = await openScanDesk({ IMPORT_CONCURRENCY: PLACES / 3 })
  clerk = await desk.clerk()
  imageSetId = (await desk.newSet(clerk)).imageSetId
})
afterAll(() => desk.close())

/** Announces a body of which nothing ever comes. */
function announce(path: string, contentType: string, authorization: string) {
  const asked = request(new URL(path, desk.url), {
    method: 'POST',
    headers: {
      authorization,
      'content-type': contentType,
      'content-length': 1_000_000,
      'idempotency-key': newId(),
    },
  })
  asked.on('error', () => undefined)
  asked.flushHeaders()
  return asked
}

const send = async (wide: number) =>
  clerk.raw('POST', `/v1/image-sets/${imageSetId}/images`, await png(wide, 9), 'image/png')

test('I-04 P-04 uploads are bounded before they are read: 503 at once, and places are given back', async () => {
  const authorization = `Bearer ${await desk.token({ permissions: ['scan.write'] })}`
  const slow = Array.from({ length: 2 * PLACES }, () =>
    announce(`/v1/image-sets/${imageSetId}/images`, 'image/png', authorization),
  )
  let turnedAway = 0
  for (const asked of slow)
    asked.on('response', ({ statusCode }) => (turnedAway += Number(statusCode === 503)))
  await waitFor(() => turnedAway === PLACES, 10_000, 'all places to be taken')
  const busy = await send(31)
  expect(busy).toMatchObject({ status: 503, body: { type: 'urn:praxisbus:problem:import_busy' } })
  expect(busy.headers.get('retry-after')).toBe('5')
  for (const asked of slow) asked.destroy()
  await waitFor(async () => (await send(32)).status === 201, 10_000, 'the places to be given back')
  const tooLarge = await Promise.all(
    Array.from({ length: PLACES }, () =>
      clerk.raw('POST', `/v1/image-sets/${imageSetId}/images`, Buffer.alloc(1), 'text/plain'),
    ),
  )
  expect(tooLarge.map(({ status }) => status)).toEqual([415, 415, 415])
  expect((await send(33)).status).toBe(201)
}, 40_000)

test('I-01 I-04 P-06 a stranger’s body is not waited for, nor that of somebody without permission', async () => {
  const other = await openScanDesk()
  const forged = await other.token({ permissions: ['scan.write'] })
  await other.close()
  const answer = async (path: string, type: string, authorization: string) => {
    const asked = announce(path, type, authorization)
    const [response] = await once(asked, 'response', { signal: AbortSignal.timeout(5_000) })
    asked.destroy()
    return response.statusCode
  }
  const images = `/v1/image-sets/${imageSetId}/images`
  for (const authorization of ['Bearer none', `Bearer ${forged}`]) {
    expect(await answer('/v1/scan-batches', 'application/json', authorization)).toBe(401)
    expect(await answer(images, 'image/png', authorization)).toBe(401)
  }
  const reader = await desk.token({ permissions: ['scan.read'] })
  expect(await answer(images, 'image/png', `Bearer ${reader}`)).toBe(403)
})
