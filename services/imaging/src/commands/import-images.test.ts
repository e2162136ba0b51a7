import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { ImagesImported } from '@praxisbus/contracts'
import { newId, sql } from '@praxisbus/runtime'
import { type Answer, type Api, waitFor } from '@praxisbus/testing'
import pg from 'pg'
import { jpeg, pdf, picture, png, tiff } from '../testing/files.ts'
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

interface Sent {
  readonly fileName?: string
  readonly idempotencyKey?: string
  readonly api?: Api
}
function send(
  imageSetId: string,
  file: Uint8Array,
  type: string,
  { fileName, api = clerk, ...options }: Sent = {},
): Promise<Answer> {
  const query = fileName === undefined ? '' : `?fileName=${encodeURIComponent(fileName)}`
  return api.raw('POST', `/v1/image-sets/${imageSetId}/images${query}`, file, type, options)
}
const sizes = (answer: Answer) =>
  answer.body.images.map((image: { widthPx: number; heightPx: number }) => [image.widthPx, image.heightPx])
const duplicates = (answer: Answer) =>
  answer.body.images.map((image: { duplicateOf: string | null }) => image.duplicateOf)

describe('import', () => {
  test('I-04 a PNG becomes one image, and the fact says so', async () => {
    const { scanBatchId, imageSetId } = await desk.newSet(clerk)
    const answer = await send(imageSetId, await png(61, 40), 'image/png', { fileName: 'C:\\scans\\card.png' })
    expect(answer.status).toBe(201)
    expect(answer.headers.get('etag')).toBe('"2"')
    expect(answer.body).toMatchObject({
      scanBatchId,
      imageSetId,
      contentType: 'image/png',
      fileName: 'card.png',
      version: 2,
    })
    expect(answer.body.images).toMatchObject([
      { position: 1, pageNumber: 1, widthPx: 61, heightPx: 40, blank: false, duplicateOf: null },
    ])
    const [fact] = (await desk.facts(ImagesImported)).filter(({ key }) => key === scanBatchId)
    const { imageId, sha256 } = answer.body.images[0]
    expect(fact).toMatchObject({
      sequence: 2,
      data: {
        scanBatchId,
        imageSetId,
        images: [{ imageId, sha256, widthPx: 61, heightPx: 40, duplicateOf: null }],
      },
    })
    const { body } = await clerk.get(`/v1/scan-batches/${scanBatchId}`)
    expect(body.imageSets[0].images).toMatchObject([
      { imageId, sha256, fileName: 'card.png', contentType: 'image/png' },
    ])
  })

  test('I-04 each page of a TIFF becomes an image, in its own size', async () => {
    const { imageSetId } = await desk.newSet(clerk)
    const pages = [
      { widthPx: 30, heightPx: 20, grey: 10 },
      { widthPx: 17, heightPx: 44, grey: 90 },
      { widthPx: 30, heightPx: 20, grey: 200 },
    ]
    const answer = await send(imageSetId, tiff(pages), 'image/tiff')
    expect(sizes(answer)).toEqual([
      [30, 20],
      [17, 44],
      [30, 20],
    ])
    expect(answer.body.images.map((image: { position: number }) => image.position)).toEqual([1, 2, 3])
  })

  test('I-04 each page of a PDF becomes an image at 200 dpi, behind those that are there', async () => {
    const { imageSetId } = await desk.newSet(clerk)
    await send(imageSetId, await png(21, 21), 'image/png')
    const answer = await send(imageSetId, await pdf({ pages: ['one', 'two'] }), 'application/pdf')
    expect(sizes(answer)).toEqual([
      [400, 600],
      [400, 600],
    ])
    expect(answer.body.images).toMatchObject([
      { position: 2, blank: false },
      { position: 3, blank: false },
    ])
  })

  test('I-04 a JPEG that lies on its side is turned up', async () => {
    const { imageSetId } = await desk.newSet(clerk)
    const upright = await send(imageSetId, await jpeg(1), 'image/jpeg')
    const turned = await send(imageSetId, await jpeg(6), 'image/jpeg')
    expect([...sizes(upright), ...sizes(turned)]).toEqual([
      [60, 40],
      [40, 60],
    ])
  })

  test('I-04 a PDF that only forbids printing is taken', async () => {
    const { imageSetId } = await desk.newSet(clerk)
    const answer = await send(
      imageSetId,
      await pdf({ pages: ['locked'], ownerPassword: 'owner' }),
      'application/pdf',
    )
    expect(answer.status).toBe(201)
  })
})

describe('a page that was there before', () => {
  test('I-04 is recognised in another format, in another batch, and within its own file', async () => {
    const [one, other] = [await desk.newSet(clerk), await desk.newSet(clerk)]
    const first = await send(one.imageSetId, await png(33, 22), 'image/png')
    const { imageId } = first.body.images[0]
    const asTiff = await send(
      other.imageSetId,
      await picture(33, 22).tiff({ compression: 'lzw' }).toBuffer(),
      'image/tiff',
    )
    expect(duplicates(asTiff)).toEqual([imageId])
    const page = { widthPx: 12, heightPx: 13, grey: 50 }
    const repeated = await send(other.imageSetId, tiff([page, page]), 'image/tiff')
    expect(duplicates(repeated)).toEqual([null, repeated.body.images[0].imageId])
  })

  test('I-04 two blank sheets are not the same page, unless they are the same sheet of the same file', async () => {
    const { imageSetId } = await desk.newSet(clerk)
    const first = await send(imageSetId, await pdf({ pages: ['', 'text'] }), 'application/pdf')
    expect(duplicates(first)).toEqual([null, null])
    const another = await pdf({ pages: ['', ''] })
    const second = await send(imageSetId, another, 'application/pdf')
    expect(duplicates(second)).toEqual([null, null])
    const again = await send(imageSetId, another, 'application/pdf')
    expect(duplicates(again)).toEqual(second.body.images.map((image: { imageId: string }) => image.imageId))
  })

  test('I-04 is not recognised across practices', async () => {
    const file = await png(77, 7)
    const first = await desk.newSet(clerk)
    await send(first.imageSetId, file, 'image/png')
    const stranger = await desk.clerk(newId())
    const theirs = await desk.newSet(stranger)
    expect(duplicates(await send(theirs.imageSetId, file, 'image/png', { api: stranger }))).toEqual([null])
  })

  test('I-04 two imports of it at the same moment: one is first', async () => {
    const [one, other] = [await desk.newSet(clerk), await desk.newSet(clerk)]
    const file = await png(78, 8)
    const answers = await Promise.all(
      [one, other].map(({ imageSetId }) => send(imageSetId, file, 'image/png')),
    )
    const ids = answers.map(({ body }) => body.images[0].imageId)
    const found = answers.flatMap(duplicates)
    expect(found.filter((id) => id === null)).toHaveLength(1)
    expect(ids).toContain(found.find((id) => id !== null))
  })
})

describe('races and repeats', () => {
  test('I-04 P-07 the same key imports once, also when both come at the same moment', async () => {
    const { scanBatchId, imageSetId } = await desk.newSet(clerk)
    const file = await png(45, 54)
    const answers = await Promise.all(
      [1, 2].map(() => send(imageSetId, file, 'image/png', { idempotencyKey: 'one-import' })),
    )
    expect(answers[1]!.body).toEqual(answers[0]!.body)
    expect((await clerk.get(`/v1/scan-batches/${scanBatchId}`)).body.imageSets[0].images).toHaveLength(1)
    const otherFile = await send(imageSetId, await png(46, 54), 'image/png', { idempotencyKey: 'one-import' })
    expect(otherFile.status).toBe(422)
  })

  test('I-04 files sent to one set at the same moment all get places of their own', async () => {
    const { scanBatchId, imageSetId } = await desk.newSet(clerk)
    const files = await Promise.all([1, 2, 3, 4].map((more) => png(50 + more, 9)))
    const answers = await Promise.all(files.map((file) => send(imageSetId, file, 'image/png')))
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201])
    const { body } = await clerk.get(`/v1/scan-batches/${scanBatchId}`)
    expect(body.imageSets[0].images.map((image: { position: number }) => image.position)).toEqual([
      1, 2, 3, 4,
    ])
    expect(body.version).toBe(5)
  })

  test('I-04 a batch submitted while its file is read takes no images', async () => {
    const { scanBatchId, imageSetId } = await desk.newSet(clerk)
    const sending = send(imageSetId, await pdf({ pages: ['a', 'b', 'c', 'd'] }), 'application/pdf')
    await desk.database.write(desk.practiceId, (tx) =>
      tx.run(sql`update scan_batch set status = 'submitted' where id = ${scanBatchId}`),
    )
    expect((await sending).body.type).toMatch(/batch_not_open$/)
  })
})

test('I-04 P-04 a migration does not wait for a file that is being read', async () => {
  const { imageSetId } = await desk.newSet(clerk)
  const file = await pdf({ pages: ['a', 'b', 'c', 'd'], sizePt: [350, 350] })
  const admin = new pg.Client(desk.adminUrl)
  await admin.connect()
  try {
    await admin.query(`set lock_timeout = '100ms'`)
    let done = false
    const sending = send(imageSetId, file, 'application/pdf').finally(() => {
      done = true
    })
    const reading = async () => (await desk.objects()).some((path) => path.includes('/drafts/'))
    await waitFor(reading, 10_000, 'the file to be read', 5)
    for (const table of ['image_set', 'scan_batch', 'idempotency'])
      await admin.query(`alter table ${table} add column later int`)
    expect(done).toBe(false)
    expect((await sending).status).toBe(201)
  } finally {
    await admin.end()
  }
})

test('I-04 more files at once than may wait: 503, and the same key succeeds a moment later', async () => {
  const busy = await openScanDesk({ IMPORT_CONCURRENCY: 1 })
  const api = await busy.clerk()
  const { imageSetId } = await busy.newSet(api)
  const file = await pdf({ pages: ['busy'] })
  const keys = ['1', '2', '3', '4', '5']
  const sendAll = () =>
    Promise.all(
      keys.map((idempotencyKey) => send(imageSetId, file, 'application/pdf', { api, idempotencyKey })),
    )
  const first = await sendAll()
  const turnedAway = first.filter(({ status }) => status === 503)
  expect(turnedAway).toHaveLength(2)
  expect(turnedAway[0]!.headers.get('retry-after')).toBe('5')
  for (const idempotencyKey of keys)
    expect((await send(imageSetId, file, 'application/pdf', { api, idempotencyKey })).status).toBe(201)
  const { body } = await api.get('/v1/scan-batches')
  expect(body.items[0].imageCount).toBe(keys.length)
  await busy.close()
})
