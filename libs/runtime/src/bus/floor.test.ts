import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { waitFor } from '@praxisbus/testing'
import pg from 'pg'
import { newId } from '../ids.ts'
import { oneTo, openWalks, Stepped, type Walks } from './test-walk.ts'

let on: Walks
beforeEach(async () => {
  on = await openWalks()
})
afterEach(() => on.close())

test('P-02 facts that commit late, with lower ids than what is out already, are sent too, in order', async () => {
  const [slow, quick] = [newId(), newId()]
  const relay = on.relayHere()
  const [written, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const late = on.step(Stepped, [slow], 1, () => {
    written.resolve()
    return release.promise
  })
  await Promise.race([written.promise, late])
  // Long enough for reading to begin behind what is decided, were it not for the open transaction.
  for (let step = 1; step <= 15; step++) {
    await on.walk([quick], step, step)
    relay.wake()
    await sleep(200)
  }
  await waitFor(() => on.stepsOf(quick).length === 15, 15_000, 'the quick ones')
  release.resolve()
  await late
  await on.walk([slow], 2, 2)
  relay.wake()
  await waitFor(() => on.stepsOf(slow).length === 2, 15_000, 'the late ones')
  expect(on.stepsOf(slow)).toEqual([1, 2])
  expect(on.stepsOf(quick)).toEqual(oneTo(15))
})

test('P-02 a snapshot that stays open, as that of a backup, does not make each read pass all that was sent since', async () => {
  const backup = new pg.Client(on.clone.adminUrl)
  await backup.connect()
  on.cleanUps.push(() => backup.end())
  await backup.query('begin isolation level repeatable read; select count(*) from outbox')
  const keys = Array.from({ length: 100 }, newId)
  const relay = on.relayHere()
  await on.walk(keys, 1, 20)
  relay.wake()
  await waitFor(() => on.reader.messages.length >= 2_000, 20_000, 'the first 2000')
  const quick = newId()
  const stepAndWait = async (step: number) => {
    await on.walk([quick], step, step)
    relay.wake()
    await waitFor(() => on.stepsOf(quick).length >= step, 15_000, `step ${step}`)
  }
  const readByIndex = async () =>
    Number(
      (
        await on.admin.query(
          `select idx_tup_read from pg_stat_user_indexes where indexrelname = 'outbox_unpublished'`,
        )
      ).rows[0].idx_tup_read,
    )
  const begun = performance.now()
  let step = 0
  for (; performance.now() - begun < 3_500; await sleep(100)) await stepAndWait(++step)
  await sleep(1_500) // the server counts once a second
  const before = await readByIndex()
  for (const last = step + 40; step < last; ) await stepAndWait(++step)
  await sleep(1_500)
  // 40 reads of 2000 each, if none of them began behind what is out.
  expect((await readByIndex()) - before).toBeLessThan(40_000)
})
