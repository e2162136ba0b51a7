import { crc32, deflateSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { newId } from '@praxisbus/runtime'
import type { Answer, Api } from '@praxisbus/testing'
import { jpeg, pdf, png, tiff } from '../testing/files.ts'
import { openScanDesk, type ScanDesk } from '../testing/scan-desk.ts'

let desk: ScanDesk
let clerk: Api

beforeAll(async () => {
  desk = await openScanDesk({
    IMPORT_MAX_PAGES: 4,
    IMPORT_MAX_PAGE_PIXELS: 1_000_000,
    IMPORT_MAX_BYTES: 1_000_000,
  })
  clerk = await desk.clerk()
})
afterAll(() => desk.close())

const send = (imageSetId: string, file: Uint8Array, type: string, query = '', api = clerk): Promise<Answer> =>
  api.raw('POST', `/v1/image-sets/${imageSetId}/images${query}`, file, type)

const small = { widthPx: 9, heightPx: 9, grey: 1 }
const large = { widthPx: 90, heightPx: 90, grey: 1 }
const form = async () => {
  const text = (await pdf({ pages: ['a'] })).toString('latin1')
  return Buffer.from(text.replace('/Type /Catalog', '/Type /Catalog /NeedsRendering true'), 'latin1')
}
const circle = async () => {
  const file = tiff([small])
  // The place of the next page, behind the nine entries of the first.
  file.writeUInt32LE(8, 8 + 2 + 9 * 12)
  return file
}
/** A comment of 8 MB in 8 kB, between the header and the picture. */
const bomb = async () => {
  const file = await png()
  const data = Buffer.concat([Buffer.from('Comment\0\0'), deflateSync(Buffer.alloc(8_000_000))])
  const chunk = Buffer.alloc(12 + data.length)
  chunk.writeUInt32BE(data.length, 0)
  chunk.write('zTXt', 4)
  data.copy(chunk, 8)
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + data.length)), 8 + data.length)
  return Buffer.concat([file.subarray(0, 33), chunk, file.subarray(33)])
}

type Case = [title: string, type: string, status: number, code: string, make: () => Promise<Uint8Array>]
const cases: Case[] = [
  ['a JPEG cut off', 'image/jpeg', 422, 'corrupt_file', async () => (await jpeg()).subarray(0, 300)],
  ['a PNG without its end', 'image/png', 422, 'corrupt_file', async () => (await png()).subarray(0, -12)],
  ['a PNG with a bomb in a comment', 'image/png', 422, 'corrupt_file', bomb],
  [
    'a PDF cut off',
    'application/pdf',
    422,
    'corrupt_file',
    async () => (await pdf({ pages: ['a'] })).subarray(0, 700),
  ],
  [
    'a TIFF whose pages are cut off',
    'image/tiff',
    422,
    'corrupt_file',
    async () => tiff([large, small]).subarray(0, 500),
  ],
  ['a TIFF whose pages run in a circle', 'image/tiff', 422, 'corrupt_file', circle],
  [
    'a PDF with a password',
    'application/pdf',
    422,
    'encrypted_file',
    () => pdf({ pages: ['a'], userPassword: 'x' }),
  ],
  ['a form that only Adobe shows', 'application/pdf', 422, 'unsupported_file', form],
  ['a picture of too many pixels', 'image/png', 413, 'file_too_large', () => png(1001, 1000)],
  [
    'a PDF of too many pixels',
    'application/pdf',
    413,
    'file_too_large',
    () => pdf({ pages: ['a'], sizePt: [4000, 4000] }),
  ],
  [
    'a PDF of too many pages',
    'application/pdf',
    413,
    'file_too_large',
    () => pdf({ pages: ['1', '2', '3', '4', '5'] }),
  ],
  ['a TIFF of too many pages', 'image/tiff', 413, 'file_too_large', async () => tiff(Array(5).fill(small))],
  ['a file of too many bytes', 'image/png', 413, 'too_large', async () => Buffer.alloc(1_000_001)],
  [
    'a page of HTML sent as PDF',
    'application/pdf',
    415,
    'disguised_file',
    async () => Buffer.from('<html>%PDF-1.7'),
  ],
  ['a PDF sent as PNG', 'image/png', 415, 'disguised_file', () => pdf({ pages: ['a'] })],
  ['a GIF sent as PNG', 'image/png', 415, 'disguised_file', async () => Buffer.from('GIF89a')],
  ['a GIF sent as GIF', 'image/gif', 415, 'unsupported_media_type', async () => Buffer.from('GIF89a')],
  ['nothing', 'image/png', 400, 'empty_file', async () => Buffer.alloc(0)],
]

describe('a file that is refused', () => {
  test.each(cases)(
    'I-04 %s: whole, with the reason, leaving nothing behind',
    async (_, type, status, code, make) => {
      const { scanBatchId, imageSetId } = await desk.newSet(clerk)
      const before = { objects: await desk.objects(), facts: (await desk.facts()).length }
      const answer = await send(imageSetId, await make(), type)
      expect([answer.status, answer.body.type]).toEqual([status, `urn:praxisbus:problem:${code}`])
      expect([answer.body.detail, answer.body.next]).toEqual([expect.any(String), expect.any(String)])
      expect({ objects: await desk.objects(), facts: (await desk.facts()).length }).toEqual(before)
      const { body } = await clerk.get(`/v1/scan-batches/${scanBatchId}`)
      expect([body.version, body.imageSets[0].images]).toEqual([1, []])
    },
  )

  test('I-04 a PDF under the name of a picture', async () => {
    const { imageSetId } = await desk.newSet(clerk)
    const answer = await send(
      imageSetId,
      await pdf({ pages: ['a'] }),
      'application/pdf',
      '?fileName=card.png',
    )
    expect([answer.status, answer.body.errors[0].field]).toEqual([415, 'fileName'])
  })

  test('I-04 names the page that cannot be read, and keeps none of the pages before it', async () => {
    const { imageSetId } = await desk.newSet(clerk)
    const file = tiff([small, large])
    const answer = await send(imageSetId, file.subarray(0, -4_000), 'image/tiff')
    expect(answer.body).toMatchObject({ type: 'urn:praxisbus:problem:corrupt_file', page: 2 })
  })

  test('I-04 a set that is not there, another practice’s, or no permission', async () => {
    const { imageSetId } = await desk.newSet(clerk)
    const file = await png()
    expect((await send(newId(), file, 'image/png')).body.type).toMatch(/image_set_not_found$/)
    const stranger = await desk.clerk(newId())
    expect((await send(imageSetId, file, 'image/png', '', stranger)).status).toBe(404)
    const reader = await desk.as({ permissions: ['scan.read'] })
    expect((await send(imageSetId, file, 'image/png', '', reader)).status).toBe(403)
  })
})
