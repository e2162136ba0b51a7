import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { newId, sql } from '@praxisbus/runtime'
import { created, FUTURE, PAST } from '../testing/office.ts'
import { openPostRoom, type PostRoom } from '../testing/post-room.ts'
import { planReminders } from './plan.ts'

let room: PostRoom
beforeAll(async () => {
  room = await openPostRoom()
})
afterAll(() => room.close())

const reminders = [
  { channel: 'email', daysAhead: 1 },
  { channel: 'text', daysAhead: 5 },
]
const shown = async (appointmentId: string) =>
  (await room.messagesOf(appointmentId)).map(({ kind, channel, state, reason, dueAt }) =>
    [kind, channel, state, reason, dueAt.slice(0, 16)].filter(Boolean).join(' '),
  )
const WAITING = ['reminder email waiting 2090-03-05T15:10', 'reminder text waiting 2090-03-01T15:10']
const dropped = (reason: string) => WAITING.map((row) => row.replace('waiting', `dropped ${reason}`))

describe('reminders follow the verbs', () => {
  test('S-10 scheduled, cancelled, restored, deleted', async () => {
    const { appointmentId, path } = await room.booked({ reminders })
    expect(await shown(appointmentId)).toEqual(WAITING)
    created(await room.owner.post(`${path}/cancel`, { kind: 'cancelled' }))
    expect(await shown(appointmentId)).toEqual(dropped('cancelled'))
    created(await room.owner.post(`${path}/restore`))
    expect(await shown(appointmentId)).toEqual(WAITING)
    created(await room.owner.delete(path))
    expect(await shown(appointmentId)).toEqual(dropped('deleted'))
  })

  test('S-10 the patient arrived', async () => {
    const { appointmentId, path } = await room.booked({ reminders })
    created(await room.owner.post(`${path}/check-in`, {}))
    expect(await shown(appointmentId)).toEqual(dropped('arrived'))
  })

  test('S-10 of an appointment that has begun nothing waits, and completing it changes nothing', async () => {
    const { appointmentId, path } = await room.booked({ reminders, ...PAST })
    const past = [
      'reminder email dropped too-late 2025-03-04T15:10',
      'reminder text dropped too-late 2025-02-28T15:10',
    ]
    expect(await shown(appointmentId)).toEqual(past)
    created(await room.owner.post(`${path}/complete`, { paymentType: 'other', lineItems: [] }))
    expect(await shown(appointmentId)).toEqual(past)
  })

  test('S-10 a refused change leaves them as they were', async () => {
    const { appointmentId, path } = await room.booked({ reminders })
    const stale = await room.owner.post(`${path}/cancel`, { kind: 'cancelled' }, { ifMatch: 7 })
    expect(stale.status).toBe(412)
    expect(await shown(appointmentId)).toEqual(WAITING)
  })

  test('S-10 a hundred appointments are planned in one question, and planned again nothing is written', async () => {
    const visits = await Promise.all(Array.from({ length: 100 }, () => room.booked({ reminders: [] })))
    const ids = visits.map(({ appointmentId }) => appointmentId)
    let asked = 0
    const plan = () =>
      room.desk.database.write(room.desk.practiceId, async (tx) => {
        asked = 0
        const counting = {
          ...tx,
          many: <Row>(query: never) => {
            asked++
            return tx.many<Row>(query)
          },
          later: tx.later,
        }
        await planReminders({ tx: counting, now: Temporal.Now.instant(), newId }, ids)
        const [row] = await tx.many<{ count: number; newest: number }>(sql`
          select count(*), max(version) as newest from patient_message where appointment_id = any(${ids}::uuid[])`)
        return row!
      })
    await room.desk.database.write(room.desk.practiceId, (tx) =>
      tx.run(sql`
        insert into appointment_reminder (practice_id, appointment_id, position, channel, days_ahead)
        select current_practice(), id, 1, 'email', 3 from unnest(${ids}::uuid[]) as id`),
    )
    expect(await plan()).toEqual({ count: 100, newest: 1 })
    expect(asked).toBe(1)
    expect(await plan()).toEqual({ count: 100, newest: 1 })
  })
})

describe('the list', () => {
  test('S-10 is filtered and read page by page', async () => {
    const { appointmentId, patientId } = await room.booked({ reminders, ...FUTURE })
    const ask = async (query: string) => created(await room.owner.get(`/v1/reminders?${query}`))
    expect((await ask(`patientId=${patientId}`)).items).toHaveLength(2)
    expect((await ask(`appointmentId=${appointmentId}&channel=text`)).items).toMatchObject([
      { channel: 'text' },
    ])
    expect((await ask(`appointmentId=${appointmentId}&state=sent`)).items).toEqual([])
    const first = await ask(`appointmentId=${appointmentId}&limit=1`)
    const second = await ask(`appointmentId=${appointmentId}&limit=1&after=${first.next}`)
    expect([...first.items, ...second.items].map((item: { channel: string }) => item.channel)).toEqual([
      'email',
      'text',
    ])
    expect(second.next).toBeNull()
    expect((await room.owner.get('/v1/reminders?state=lost')).status).toBe(400)
    const clerk = await room.as('patient.read')
    expect((await clerk.get('/v1/reminders')).status).toBe(403)
  })
})
