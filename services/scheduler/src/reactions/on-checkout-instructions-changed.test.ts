import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { CheckoutInstructionsChanged } from '@praxisbus/contracts'
import { newId } from '@praxisbus/runtime'
import { appointmentDetails } from '../feedback/details.ts'
import { type Office, openOffice } from '../testing/office.ts'

let office: Office
beforeAll(async () => {
  office = await openOffice()
})
afterAll(() => office.close())

interface Told {
  readonly version: number
  readonly patient?: string
  readonly frontDesk?: string
  readonly practiceId?: string
}
const tell = (appointmentId: string, { version, patient, frontDesk, practiceId }: Told) => {
  const encounterId = newId()
  return office.desk.react(CheckoutInstructionsChanged, {
    practiceId,
    subject: encounterId,
    version,
    times: 2,
    data: {
      ...{ encounterId, appointmentId, patientId: office.patient.patientId },
      patientInstructions: patient ?? null,
      frontDeskInstructions: frontDesk ?? null,
    },
  })
}
const details = async (appointmentId: string) =>
  (await office.owner.get(`/v1/appointments/${appointmentId}`)).body
const checkoutOf = async (appointmentId: string) => (await details(appointmentId)).checkout

describe('the Checkout section of an appointment', () => {
  test('S-21 E-03 shows what the clinician wrote, without asking the EHR; nothing is null', async () => {
    const { appointmentId } = await office.schedule()
    expect(await checkoutOf(appointmentId)).toBeNull()
    await tell(appointmentId, { version: 2, frontDesk: 'Next visit in two weeks.\nCollect the form.' })
    await office.peers.stop()
    const body = await details(appointmentId)
    expect(body.checkout).toEqual({
      patientInstructions: null,
      frontDeskInstructions: 'Next visit in two weeks.\nCollect the form.',
    })
    expect(appointmentDetails.safeParse(body).error).toBeUndefined()
    expect(office.peers.asked).toEqual([])
    await office.peers.start(office.desk.peers)
  })

  test('S-21 E-03 follows a change and a taking away, and nothing older, whatever the order', async () => {
    const { appointmentId } = await office.schedule()
    await tell(appointmentId, { version: 4, patient: 'Drink water.', frontDesk: 'Call a cab.' })
    await tell(appointmentId, { version: 3, patient: 'Older.' })
    expect(await checkoutOf(appointmentId)).toEqual({
      patientInstructions: 'Drink water.',
      frontDeskInstructions: 'Call a cab.',
    })
    await tell(appointmentId, { version: 6 })
    await tell(appointmentId, { version: 5, patient: 'Late.' })
    expect(await checkoutOf(appointmentId)).toBeNull()
  })

  test('S-21 E-03 may come before the appointment is known here, and stays with its practice', async () => {
    const unknown = newId()
    await tell(unknown, { version: 1, patient: 'Early.' })
    expect((await office.owner.get(`/v1/appointments/${unknown}`)).status).toBe(404)
    const { appointmentId } = await office.schedule()
    await tell(appointmentId, { version: 1, patient: 'Of others.', practiceId: newId() })
    expect(await checkoutOf(appointmentId)).toBeNull()
  })
})
