import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { EMAIL, openPostRoom, type PostRoom, START } from '../testing/post-room.ts'
import { openWatch } from '../testing/waiting.ts'
import { sendOne } from './send.ts'

let room: PostRoom
let watch: Awaited<ReturnType<typeof openWatch>>
beforeAll(async () => {
  room = await openPostRoom()
  watch = await openWatch(room.desk)
})
afterAll(async () => {
  await watch.close()
  await room.close()
})

const GATE = 77
/** Whoever reads the patient to see what overtook a message waits here: after its statement began, before it has locked anything. */
const SLOW = `create policy slow on patient as restrictive for select using (
  case when current_query() like '%overtaken%' then pg_advisory_xact_lock_shared(${GATE}) is not null else true end)`

test('S-10 moved in the very moment in which it is taken up, a reminder that another one overtook is not sent', async () => {
  const { appointmentId, email, path } = await room.booked({
    reminders: [{ channel: 'email', daysAhead: 5 }, EMAIL],
  })
  const early = (await room.messagesOf(appointmentId)).find(({ daysAhead }) => daysAhead === 5)!
  const now = START.subtract({ hours: 2 })
  await watch.client.query(SLOW)
  try {
    await watch.client.query(`select pg_advisory_lock(${GATE})`)
    const sent = sendOne(room.sending(now), { practiceId: room.desk.practiceId, id: early.reminderId })
    await watch.untilWaiting(1)
    const moved = room.owner.post(`${path}/reschedule`, {
      start: '2090-03-06T09:20',
      end: '2090-03-06T10:10',
    })
    await watch.untilWaiting(2, moved)
    await watch.client.query(`select pg_advisory_unlock(${GATE})`)
    await Promise.all([sent, moved])
  } finally {
    await watch.client.query(`drop policy slow on patient`)
  }
  await room.turn(now)
  expect(room.lettersTo(email)).toHaveLength(1)
})
