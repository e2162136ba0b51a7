import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { newId, sql } from '@praxisbus/runtime'
import { type BillingDesk, openBillingDesk, paid } from '../test-kit.ts'
import type { Posting } from './posting.ts'
import { followVersion, lockReceipts } from './receipts.ts'

let desk: BillingDesk
let receiptId: string

beforeAll(async () => {
  desk = await openBillingDesk()
  await desk.complete(desk.visit(), paid(20_000))
  receiptId = await desk.database.read(desk.practiceId, async (tx) => {
    const { id } = await tx.one<{ id: string }>(sql`select id from receipt`)
    return id
  })
})
afterAll(() => desk.close())

/** Locks the receipt and says so many times that the version which was read is the last. */
const follow = (times: number) =>
  desk.database.write(desk.practiceId, async (tx) => {
    const now = Temporal.Now.instant()
    const posting: Posting = {
      tx,
      practiceId: desk.practiceId,
      now,
      newId,
      record: () => undefined,
      actor: 'test',
    }
    const [receipt] = await lockReceipts(posting, { receiptId })
    for (let time = 0; time < times; time++) followVersion(posting, receipt!)
    return receipt!.version
  })

test('B-08 a posting that tells a version which is not the next one is not committed', async () => {
  const before = await follow(1)
  await expect(follow(2)).rejects.toThrow('null value in column "version"')
  expect(await follow(1)).toBe(before + 1)
})
