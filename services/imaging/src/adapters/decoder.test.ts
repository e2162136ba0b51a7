import { expect, test } from '@jest/globals'
import { newId } from '@praxisbus/runtime/ids.ts'
import { testFolder } from '@praxisbus/testing'
import { defaultLimits, type ImportLimits } from '../config.ts'
import { recognise } from '../domain/file-type.ts'
import { pdf, png } from '../testing/files.ts'
import { type DecodedPage, openDecoder, openPlaces, openTurnstile } from './decoder.ts'
import { openFolderStore } from './folder-store.ts'

const store = openFolderStore(await testFolder('decoder'))

async function decode(file: Buffer, limits: Partial<ImportLimits> = {}) {
  const draft = await (await store).draft(newId())
  try {
    const source = await draft.add(file)
    const decoder = openDecoder({ ...defaultLimits, ...limits })
    return await decoder.decode({ folder: draft.folder, source, type: recognise(file)! })
  } finally {
    await draft.close()
  }
}

test('I-04 a page has the same hash in any format and of any practice, another page another', async () => {
  const hashes = await Promise.all(
    [png(50, 50), png(50, 50), png(50, 50, '#ff8801')].map(async (file) => {
      const [page] = (await decode(await file)) as readonly DecodedPage[]
      return page!.pixelSha256
    }),
  )
  expect(hashes[0]).toBe(hashes[1])
  expect(hashes[0]).not.toBe(hashes[2])
})

test('I-04 a file that takes too long is refused, and its process is gone', async () => {
  const pages = Array.from({ length: 100 }, (_, index) => `page ${index}`)
  const began = performance.now()
  const answer = await decode(await pdf({ pages, sizePt: [1000, 1000] }), { IMPORT_TIMEOUT_SECONDS: 1 })
  expect(answer).toMatchObject({ refused: 'file_too_slow' })
  expect(performance.now() - began).toBeLessThan(5_000)
})

test('I-04 the work is done elsewhere, so this process goes on answering', async () => {
  const file = await pdf({ pages: ['a', 'b', 'c'], sizePt: [1000, 1000] })
  const own: number[] = []
  for (let time = 0; time < 3; time++) {
    const before = process.threadCpuUsage()
    expect(await decode(file)).toHaveLength(3)
    const { user, system } = process.threadCpuUsage(before)
    own.push((user + system) / 1_000)
  }
  // Some 2 s of computing each. Measured as this thread's own share, since the clock tells how busy the machine is; the least
  // of three, since memory of earlier tests may be swept meanwhile.
  expect(Math.min(...own)).toBeLessThan(400)
})

test('I-04 a fault of the decoder itself is no refusal', async () => {
  const decoder = openDecoder(defaultLimits)
  await expect(decoder.decode({ folder: '/nowhere', source: 'x', type: 'image/png' })).rejects.toThrow(
    'ENOENT',
  )
})

test('I-04 the next file has its turn when one is done, also where that one failed', async () => {
  const turn = openTurnstile(1)
  const order: string[] = []
  const gate = Promise.withResolvers<void>()
  const first = turn(async () => {
    await gate.promise
    order.push('first')
  })
  const second = turn(async () => {
    order.push('second')
  })
  gate.resolve()
  await Promise.all([first, second])
  await expect(turn(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  await turn(async () => order.push('third'))
  expect(order).toEqual(['first', 'second', 'third'])
})

test('I-04 who finds no place is turned away for now; a place is given back once, however often', () => {
  const enter = openPlaces(2)
  const leave = enter()
  enter()
  expect(enter).toThrow(expect.objectContaining({ problem: expect.objectContaining({ status: 503 }) }))
  leave()
  leave()
  enter()
  expect(enter).toThrow()
})
