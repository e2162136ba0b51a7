import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { sql } from '@praxisbus/runtime'
import type { Warning } from './appointment-answers.ts'
import { created, type Office, openCalendar, openOffice } from './testing/office.ts'

let office: Office
beforeAll(async () => {
  office = await openOffice()
})
afterAll(() => office.close())

const { nextDay, post } = openCalendar(() => office)

async function another() {
  return created(await office.owner.post('/v1/practitioners', { name: 'Lee Park' })).practitionerId
}

describe('local times', () => {
  test('S-08 a skipped time moves forward and is told', async () => {
    const appointment = created(await post({ start: '2091-03-11T02:30', end: '2091-03-11T03:45' }))
    expect(appointment).toMatchObject({ start: '2091-03-11T03:30', startsAt: '2091-03-11T08:30:00Z' })
    expect(appointment.warnings).toMatchObject([{ code: 'skipped_local_time', field: 'start' }])
  })

  test('S-08 a doubled time is the first, or the one that was asked for', async () => {
    const times = { start: '2091-11-04T01:30', end: '2091-11-04T02:30' }
    const first = created(await post(times))
    expect(first.startsAt).toBe('2091-11-04T06:30:00Z')
    expect(first.warnings).toMatchObject([{ code: 'doubled_local_time', field: 'start' }])
    const second = created(await post({ ...times, ambiguousTime: 'later', practitionerId: await another() }))
    expect(second).toMatchObject({ start: times.start, startsAt: '2091-11-04T07:30:00Z', warnings: [] })
    const folds = await office.desk.database.read(office.desk.practiceId, (tx) =>
      tx.many(
        sql`select start_fold from appointment where start_local = '2091-11-04T01:30' order by starts_at`,
      ),
    )
    expect(folds).toEqual([{ startFold: 'earlier' }, { startFold: 'later' }])
  })
})

describe('clashes', () => {
  test('S-12 overlaps of practitioner or room are saved with a warning that names them', async () => {
    const { roomId } = office.room
    const lee = await another()
    const { start, end, date } = nextDay()
    const first = created(await post({ start, end, roomId }))
    const same = created(await post({ start, end, roomId }))
    expect(same.warnings).toEqual([
      {
        code: 'practitioner_busy',
        field: 'practitionerId',
        detail: `Dana Reyes already has an appointment from ${date} 09:10 to 10:03 (America/Chicago).`,
        appointmentId: first.appointmentId,
      },
      {
        code: 'room_busy',
        field: 'roomId',
        detail: `Blue is already taken from ${date} 09:10 to 10:03 (America/Chicago).`,
        appointmentId: first.appointmentId,
      },
    ])
    const roomOnly = created(await post({ start, end, roomId, practitionerId: lee }))
    expect(roomOnly.warnings.map((warning: { code: string }) => warning.code)).toEqual([
      'room_busy',
      'room_busy',
    ])
    const elsewhere = created(await post({ start, end, practitionerId: await another() }))
    expect(elsewhere.warnings).toEqual([])
  })

  test('S-12 back to back is no clash, one minute over is, in any zone', async () => {
    const { start, end, date } = nextDay()
    const first = created(await post({ start, end }))
    expect(created(await post({ start: end, end: `${date}T11:00` })).warnings).toEqual([])
    const early = created(await post({ start: `${date}T08:00`, end: start }))
    expect(early.warnings).toEqual([])
    const denver = { start: `${date}T07:30`, end: `${date}T08:11`, timeZone: 'America/Denver' }
    const clashes = created(await post(denver)).warnings.map((warning: Warning) => warning.appointmentId)
    expect(clashes).toEqual([early.appointmentId, first.appointmentId])
  })

  test('S-12 a deleted appointment is no clash', async () => {
    const { start, end } = nextDay()
    const { appointmentId } = created(await post({ start, end }))
    expect((await office.owner.delete(`/v1/appointments/${appointmentId}`)).status).toBe(200)
    expect(created(await post({ start, end })).warnings).toEqual([])
  })

  test('S-12 of sessions made at the same moment all are saved, and all but the first are warned', async () => {
    const { start, end } = nextDay()
    const answers = await Promise.all([1, 2, 3, 4].map(() => post({ start, end })))
    const warnings = answers.map((answer) => created(answer).warnings.length)
    expect(warnings.sort()).toEqual([0, 1, 2, 3])
  })
})
