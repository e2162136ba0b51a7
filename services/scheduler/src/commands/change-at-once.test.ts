import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { type AppointmentRecord, lockRecords, replaceAppointments } from '../appointment-rows.ts'
import { created, type Office, openCalendar, openOffice } from '../testing/office.ts'
import { openWatch } from '../testing/waiting.ts'

let office: Office
let watch: Awaited<ReturnType<typeof openWatch>>
beforeAll(async () => {
  office = await openOffice()
  watch = await openWatch(office.desk)
})
beforeEach(() => office.peers.reset())
afterAll(async () => {
  await watch.close()
  await office.close()
})

const { post } = openCalendar(() => office)
const path = (id: string) => `/v1/appointments/${id}`

/** What a change does, with its transaction open until it is let go. */
async function holdChange(appointmentId: string, change: (before: AppointmentRecord) => object) {
  const written = Promise.withResolvers<void>()
  const gate = Promise.withResolvers<void>()
  const done = office.desk.database.write(office.desk.practiceId, async (tx) => {
    const [before] = await lockRecords(tx, [appointmentId])
    await replaceAppointments(tx, [{ ...before!, ...change(before!), version: before!.version + 1 }])
    written.resolve()
    await gate.promise
  })
  await written.promise
  return {
    letGo: () => {
      gate.resolve()
      return done
    },
  }
}

const sevenUnits = ({ services }: AppointmentRecord) => ({ services: [{ ...services[0]!, units: 7 }] })

describe('changes at once', () => {
  test('S-14 who waits for another change writes back neither its services nor its reminders', async () => {
    const services = [{ serviceId: office.serviceId, units: 1 }]
    const one = created(await post({ services, reminders: [{ channel: 'email', daysAhead: 1 }] }))
    const first = await holdChange(one.appointmentId, (before) => ({
      ...sevenUnits(before),
      reminders: [{ channel: 'email', daysAhead: 3 }],
    }))
    const second = office.owner.patch(path(one.appointmentId), { additionalInstructions: 'Side door.' })
    await watch.untilWaiting(1)
    await first.letGo()
    expect(created(await second)).toMatchObject({
      version: 3,
      additionalInstructions: 'Side door.',
      services: [{ serviceId: office.serviceId, units: 7 }],
      reminders: [{ channel: 'email', daysAhead: 3 }],
    })
  })

  test('S-14 nor does a change of its whole series, which keeps what was changed alone meanwhile', async () => {
    const services = [{ serviceId: office.serviceId, units: 1 }]
    const first = created(await post({ services, recurrence: { frequency: 'daily', count: 3 } }))
    const [, , third] = created(await office.owner.get(`/v1/series/${first.seriesId}/occurrences`)).items
    const alone = await holdChange(third.appointmentId, sevenUnits)
    const all = office.owner.patch(
      path(first.appointmentId),
      { scope: 'this-and-future', additionalInstructions: 'Side door.' },
      { ifMatch: 1 },
    )
    await watch.untilWaiting(1)
    await alone.letGo()
    expect(created(await all)).toMatchObject({ series: { changed: 3 } })
    expect(created(await office.owner.get(path(third.appointmentId)))).toMatchObject({
      version: 3,
      additionalInstructions: 'Side door.',
      services: [{ units: 7 }],
    })
  })

  test('S-14 by HTTP alone: of two edits at once, each of something else, none is lost', async () => {
    const services = [{ serviceId: office.serviceId, units: 1 }]
    for (let round = 0; round < 10; round++) {
      const { appointmentId } = created(await post({ services }))
      const edits = [
        { services: [{ serviceId: office.serviceId, units: 7 }] },
        { additionalInstructions: 'Side door.' },
      ]
      await Promise.all(
        edits.map(async (edit) => created(await office.owner.patch(path(appointmentId), edit))),
      )
      expect(created(await office.owner.get(path(appointmentId)))).toMatchObject({
        version: 3,
        services: [{ units: 7 }],
        additionalInstructions: 'Side door.',
      })
    }
  })
})
