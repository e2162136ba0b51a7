import { afterAll, beforeAll, expect, test } from '@jest/globals'
import pg from 'pg'
import { type BillingDesk, openBillingDesk } from '../../test-kit.ts'
import { runSequences } from './sequences.ts'

/** The long form is a command: npm run books. */
const SEQUENCES = 2_000
const LENGTH = 3

let desk: BillingDesk
beforeAll(async () => {
  desk = await openBillingDesk()
})
afterAll(() => desk.close())

test(`B-05 B-08 B-09 B-10 B-11 B-13 B-14 B-15 ${SEQUENCES} sequences of random commands by several users at once leave, to the cent, what a simple model says, in every snapshot`, async () => {
  const { snapshots } = await runSequences(desk, { sequences: SEQUENCES, length: LENGTH, seed: 20_260_522 })
  expect(snapshots).toBeGreaterThan(10)
  expect(await linesThatSayOtherwise()).toEqual([])
}, 600_000)

/** The review list (B-06) goes by what lines say of themselves, and not by their charges. */
async function linesThatSayOtherwise(): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: desk.adminUrl })
  await client.connect()
  const { rows } = await client.query(`
    select id from line where charged <> exists (
      select from charge where charge.practice_id = line.practice_id and charge.line_id = line.id and charge.reversed_at is null)`)
  await client.end()
  return rows
}
