import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { newId, sql } from '@praxisbus/runtime'
import { waitFor } from '@praxisbus/testing'
import { at, type GoogleDesk, openGoogleDesk, times } from '../testing/google.ts'

let desk: GoogleDesk
beforeAll(async () => {
  desk = await openGoogleDesk()
})
afterAll(() => desk.close())

describe('S-19 several replicas', () => {
  test('S-19 two workers at once make nothing twice, on either side', async () => {
    await desk.alone()
    const dana = await desk.connect()
    for (let index = 0; index < 12; index++) {
      await desk.visit(dana, { start: at(index), end: at(index, '09:50') })
      desk.put(dana, { summary: `G${index}`, ...times(at(index, '12:00'), at(index, '13:00')) })
    }
    for (let round = 0; round < 3; round++) {
      await desk.comesUp()
      await desk.turn(2)
    }
    await desk.settle()
    expect(desk.events(dana)).toHaveLength(24)
    expect(await desk.agenda(dana)).toHaveLength(24)
    const inserts = desk.google.requests.filter(
      ({ call, calendarId }) => call === 'events.insert' && calendarId === dana.calendarId,
    )
    expect(inserts).toHaveLength(12)
  })

  test('S-19 a worker that lost its lease writes nothing any more', async () => {
    await desk.alone()
    const dana = await desk.connect()
    await desk.visit(dana)
    desk.google.trouble({ on: 'events.list', how: 'slow' })
    await desk.comesUp()
    const from = desk.google.requests.length
    const slow = desk.turn()
    await waitFor(
      () => desk.google.requests.slice(from).some(({ call }) => call === 'events.list'),
      5_000,
      'the list',
      5,
    )
    await desk.desk.database.write(desk.desk.practiceId, (tx) =>
      tx.run(
        sql`update google_connection set lease = ${newId()}, leased_until = now() + interval '1 minute' where practitioner_id = ${dana.practitionerId}`,
      ),
    )
    await slow
    expect(await desk.connection(dana)).toMatchObject({ lastError: null, lastSyncedAt: null })
    expect(desk.events(dana)).toEqual([])
    await desk.settle()
    expect(desk.events(dana)).toHaveLength(1)
  })
})
