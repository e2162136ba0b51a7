import { rm } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { newId } from '@praxisbus/runtime'
import type { Api } from '@praxisbus/testing'
import sharp from 'sharp'
import { jpeg, pdf, png } from '../testing/files.ts'
import { openScanDesk, type ScanDesk } from '../testing/scan-desk.ts'

let desk: ScanDesk
let clerk: Api

beforeAll(async () => {
  desk = await openScanDesk()
  clerk = await desk.clerk()
})
afterAll(() => desk.close())

async function imported(file: Uint8Array, type: string, fileName = ''): Promise<string> {
  const { imageSetId } = await desk.newSet(clerk)
  const query = fileName && `?fileName=${encodeURIComponent(fileName)}`
  const { body } = await clerk.raw('POST', `/v1/image-sets/${imageSetId}/images${query}`, file, type)
  return `/v1/images/${body.images[0].imageId}`
}

test('I-04 the original comes back byte for byte, under its name', async () => {
  const file = await pdf({ pages: ['one', 'two'] })
  const answer = await clerk.get(`${await imported(file, 'application/pdf', 'eob (1).pdf')}/original`)
  expect(answer.body).toEqual(file)
  expect(answer.headers.get('content-type')).toBe('application/pdf')
  expect(answer.headers.get('content-disposition')).toBe('inline; filename="eob__1_.pdf"')
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
})

test('I-04 the thumbnail is upright, small, and without what the camera wrote beside the picture', async () => {
  const answer = await clerk.get(`${await imported(await jpeg(6), 'image/jpeg')}/thumbnail`)
  expect(answer.headers.get('content-type')).toBe('image/jpeg')
  const { width, height, exif } = await sharp(answer.body).metadata()
  expect([width, height, exif]).toEqual([40, 60, undefined])
  // Stored with its dark half on the left; turned a quarter to the right, the dark half is on top.
  const { data } = await sharp(answer.body).greyscale().raw().toBuffer({ resolveWithObject: true })
  expect(data[20]).toBeLessThan(80)
  expect(data[59 * 40 + 20]).toBeGreaterThan(100)
})

test('I-04 the deep-zoom tiles put together are the page', async () => {
  const image = await imported(await png(600, 300), 'image/png')
  const dzi = (await clerk.get(`${image}/dzi`)).body.toString()
  expect(dzi).toContain(`Url="${image}/tiles/"`)
  expect(dzi).toMatch(/Overlap="1" TileSize="254"/)
  expect(dzi).toContain('<Size Width="600" Height="300"/>')
  const tiles = await Promise.all(
    ['0_0', '1_0', '2_0', '0_1', '1_1', '2_1'].map((tile) => clerk.get(`${image}/tiles/10/${tile}.jpeg`)),
  )
  const sizes = await Promise.all(tiles.map(async ({ body }) => (await sharp(body).metadata()).width))
  expect(sizes).toEqual([255, 256, 93, 255, 256, 93])
  const top = await clerk.get(`${image}/tiles/0/0_0.jpg`)
  expect(top.headers.get('content-type')).toBe('image/jpeg')
  expect((await sharp(top.body).metadata()).width).toBe(1)
})

test.each([
  ['11/0_0.jpeg', 404],
  ['10/3_0.jpeg', 404],
  ['10/0_0.png', 400],
  ['x/0_0.jpeg', 400],
  ['99/0_0.jpeg', 400],
  ['%20/0_0.jpeg', 400],
  ['0x1/0_0.jpeg', 400],
  ['10/..%2F..%2Fimage', 400],
])('I-04 there is no tile %s', async (tile, status) => {
  const image = await imported(await png(600, 300), 'image/png')
  expect((await clerk.get(`${image}/tiles/${tile}`)).status).toBe(status)
})

test('I-04 P-06 another practice gets no image, also where it has the very same file', async () => {
  const file = await png(64, 46)
  const image = await imported(file, 'image/png')
  const stranger = await desk.clerk(newId())
  const { imageSetId } = await desk.newSet(stranger)
  await stranger.raw('POST', `/v1/image-sets/${imageSetId}/images`, file, 'image/png')
  for (const view of ['original', 'thumbnail', 'dzi', 'tiles/0/0_0.jpeg'])
    expect((await stranger.get(`${image}/${view}`)).status).toBe(404)
  const nobody = await desk.as({ permissions: ['scan.write'] })
  expect((await nobody.get(`${image}/original`)).status).toBe(403)
  expect((await clerk.get('/v1/images/7/original')).status).toBe(400)
  // Theirs is an object of its own: ours may go and theirs stays.
  await rm(`${desk.storeFolder}/${desk.practiceId}`, { recursive: true })
  expect((await clerk.get(`${image}/original`)).status).toBe(500)
  const { body } = await stranger.get('/v1/scan-batches?limit=1')
  const batch = await stranger.get(`/v1/scan-batches/${body.items[0].scanBatchId}`)
  const theirs = batch.body.imageSets[0].images[0].imageId
  expect((await stranger.get(`/v1/images/${theirs}/original`)).body).toEqual(file)
})
