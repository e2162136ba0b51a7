import { randomUUID } from 'node:crypto'
import { SERVICES } from '@praxisbus/contracts'
import sharp from 'sharp'
import { type Json, ok, type Person, type Practice, setUpPractice, until } from '../../system/clinic.ts'
import { type Recorded, recording, SECRET } from './recorded.ts'

/** What a practice does in its first week, so that every table has rows of it. Each route is used at least once. */
export async function playPractice(person: Person): Promise<Recorded[]> {
  const log: Recorded[] = []
  const owner = Object.fromEntries(
    SERVICES.map((name) => [name, recording(name, person[name], log)]),
  ) as Person
  const practice = await setUpPractice(owner)
  await changeRecords(owner, practice)
  const { patientId } = await patientOf(owner)
  const visit = (start: string) => scheduled(owner, practice, patientId, start)
  const bill = await documentedAndBilled(owner, practice, await visit('09:07'))
  await paid(owner, patientId, bill)
  await completed(owner, practice, patientId, await visit('11:00'))
  await cancelled(owner, practice, await visit('13:00'))
  await collectedAndReversed(owner, practice, await visit('14:00'))
  await ok(owner.scheduler.delete(`/v1/appointments/${await visit('15:00')}`))
  await scanned(owner, practice)
  await ok(owner.ehr.put('/v1/me/preferences', { confirmBeforeSigning: false }))
  return log
}

async function changeRecords({ scheduler, billing }: Person, practice: Practice): Promise<void> {
  const { practitionerId, locationId, serviceId } = practice
  const { roomId } = await ok(scheduler.post('/v1/rooms', { name: `${SECRET} room`, locationId }))
  await ok(scheduler.put(`/v1/rooms/${roomId}`, { name: `${SECRET} room 2`, locationId }, { ifMatch: 1 }))
  const practitioner = { name: `Dr. ${SECRET}`, userId: 'owner', credentials: 'PhD', npi: '1234567893' }
  await ok(scheduler.put(`/v1/practitioners/${practitionerId}`, practitioner, { ifMatch: 1 }))
  const location = { name: `${SECRET} Street`, placeOfService: '11' }
  await ok(scheduler.put(`/v1/locations/${locationId}`, location, { ifMatch: 1 }))
  const service = {
    code: 'H0004',
    description: `${SECRET} counseling`,
    amountCents: 15_000,
    lengthMinutes: 45,
  }
  await ok(billing.put(`/v1/services/${serviceId}`, service, { ifMatch: 1 }))
  const { payerId } = await ok(billing.post('/v1/payers', { name: `${SECRET} Insurance` }))
  await ok(billing.post(`/v1/payers/${payerId}/plans`, { name: `${SECRET} Gold` }))
}

async function patientOf({ scheduler }: Person): Promise<Json> {
  const record = {
    name: `Ada ${SECRET}`,
    email: `ada@${SECRET.toLowerCase()}.example`,
    reminderConsents: { email: true, phone: false, text: false },
  }
  const registered = await ok(scheduler.post('/v1/patients', record))
  return ok(
    scheduler.put(
      `/v1/patients/${registered.patientId}`,
      { ...record, birthDate: '1980-02-03' },
      { ifMatch: 1 },
    ),
  )
}

async function scheduled(
  { scheduler }: Person,
  practice: Practice,
  patientId: string,
  start: string,
): Promise<string> {
  const day = Temporal.Now.plainDateISO('America/Chicago').subtract({ days: 1 })
  const end = Temporal.PlainTime.from(start).add({ minutes: 45 }).toString({ smallestUnit: 'minute' })
  const { appointmentId } = await ok(
    scheduler.post('/v1/appointments', {
      patientId,
      practitionerId: practice.practitionerId,
      locationId: practice.locationId,
      services: [{ serviceId: practice.serviceId, units: 1 }],
      start: `${day}T${start}`,
      end: `${day}T${end}`,
    }),
  )
  return appointmentId
}

async function released({ ehr }: Person, practice: Practice, appointmentId: string): Promise<void> {
  const started = await until(
    () => ok(ehr.post('/v1/encounters', { appointmentId, templateId: practice.templateId })),
    () => true,
    'the EHR to know the visit',
  )
  const draft = {
    narrative: `${SECRET} went well.`,
    diagnoses: [{ code: 'F32.1' }],
    procedures: [{ code: 'H0004', units: 1, modifiers: [], diagnosisPointers: [1] }],
  }
  await ok(ehr.put(`/v1/encounters/${started.encounterId}/draft`, draft, { ifMatch: started.version }))
  await ok(ehr.post(`/v1/encounters/${started.encounterId}/sign`, { confirmed: true }))
  await ok(ehr.get(`/v1/encounters/${started.encounterId}/document`))
  await ok(ehr.post(`/v1/encounters/${started.encounterId}/release`, {}))
}

function billOf({ billing }: Person, appointmentId: string, wanted: (bill: Json) => unknown): Promise<Json> {
  return until(
    async () => {
      const { billingEncounters } = await ok(
        billing.get(`/v1/billing-encounters?appointmentId=${appointmentId}`),
      )
      return (
        billingEncounters[0] &&
        ok(billing.get(`/v1/billing-encounters/${billingEncounters[0].billingEncounterId}`))
      )
    },
    (bill) => bill && wanted(bill),
    'the bill of the visit',
  )
}

async function documentedAndBilled(owner: Person, practice: Practice, appointmentId: string): Promise<Json> {
  const copay = { amountCents: 2_500, method: 'cash', reference: `${SECRET}-1` }
  await ok(owner.scheduler.post(`/v1/appointments/${appointmentId}/check-in`, { copay }))
  await released(owner, practice, appointmentId)
  const bill = await billOf(owner, appointmentId, ({ status }) => status === 'unsigned')
  const path = `/v1/billing-encounters/${bill.billingEncounterId}`
  const lines = bill.lines.map(({ lineId, code, units, diagnosisPointers, unitAmountCents }: Json) => ({
    ...{ lineId, code, units, diagnosisPointers, unitAmountCents },
    description: `${SECRET} session`,
  }))
  const reviewed = await ok(owner.billing.put(`${path}/lines`, { lines }, { ifMatch: bill.version }))
  await ok(owner.billing.post(`${path}/sign`, {}, { ifMatch: reviewed.version }))
  return billOf(owner, appointmentId, ({ status }) => status === 'posted')
}

async function paid({ billing }: Person, patientId: string, bill: Json): Promise<void> {
  const body = { patientId, amountCents: 5_000, method: 'check', reference: `${SECRET}-2` }
  const { receiptId } = await ok(billing.post('/v1/receipts', body))
  const applications = [{ chargeId: bill.lines[0].chargeId, amountCents: 4_000 }]
  const { paymentId } = await ok(billing.post(`/v1/receipts/${receiptId}/payments`, { applications }))
  await ok(billing.post(`/v1/payments/${paymentId}/remove`, {}))
}

async function completed(
  owner: Person,
  practice: Practice,
  patientId: string,
  appointmentId: string,
): Promise<void> {
  const { scheduler, billing } = owner
  await ok(scheduler.get(`/v1/appointments/${appointmentId}/completion`))
  const line = {
    serviceId: practice.serviceId,
    units: 1,
    unitAmountCents: 12_000,
    discountCents: 0,
    modifiers: [],
  }
  const body = { paymentType: 'other', alreadyPaid: false, lineItems: [line] }
  await ok(scheduler.post(`/v1/appointments/${appointmentId}/complete`, body))
  const { documents } = await until(
    () => ok(billing.get(`/v1/documents?patientId=${patientId}`)),
    (found) => found.documents.length > 0,
    'the invoice',
  )
  const { documentId } = documents[0]
  await ok(billing.get(`/v1/documents/${documentId}/pdf`))
  await ok(billing.post(`/v1/documents/${documentId}/send`, { email: `ada@${SECRET.toLowerCase()}.example` }))
}

async function cancelled(owner: Person, practice: Practice, appointmentId: string): Promise<void> {
  await released(owner, practice, appointmentId)
  const bill = await billOf(owner, appointmentId, () => true)
  await ok(
    owner.billing.post(
      `/v1/billing-encounters/${bill.billingEncounterId}/cancel`,
      {},
      { ifMatch: bill.version },
    ),
  )
}

async function collectedAndReversed(owner: Person, practice: Practice, appointmentId: string): Promise<void> {
  const { billing } = owner
  await released(owner, practice, appointmentId)
  const bill = await billOf(owner, appointmentId, ({ status }) => status === 'unsigned')
  const path = `/v1/billing-encounters/${bill.billingEncounterId}`
  await ok(billing.post(`${path}/sign`, {}))
  const agency = { name: `${SECRET} Collections`, feeBasisPoints: 2_500 }
  const { agencyId, version } = await ok(billing.post('/v1/collection-agencies', agency))
  await ok(billing.put(`/v1/collection-agencies/${agencyId}`, agency, { ifMatch: version }))
  await ok(billing.post(`${path}/collections`, { agencyId, reason: `${SECRET} does not answer` }))
  await ok(billing.post(`${path}/recall`, { reason: `${SECRET} pays` }))
  await ok(billing.post(`${path}/reverse`, { reason: `${SECRET} was not there` }))
}

async function scanned({ imaging }: Person, { locationId }: Practice): Promise<void> {
  const batch = await until(
    () =>
      ok(imaging.post('/v1/scan-batches', { type: 'charge', locationId, description: `${SECRET} forms` })),
    () => true,
    'imaging to know the practice',
  )
  await ok(imaging.post(`/v1/scan-batches/${batch.scanBatchId}/image-sets`, {}))
  // A picture of its own in each run: imaging tells of pictures it has seen before.
  const text = Buffer.from(
    `<svg width="400" height="500"><text x="9" y="90">${SECRET} ${randomUUID()}</text></svg>`,
  )
  const page = await sharp({ create: { width: 400, height: 500, channels: 3, background: '#fff' } })
    .composite([{ input: text }])
    .png()
    .toBuffer()
  const { imageSetId } = batch.imageSets[0]
  const { images } = await ok(imaging.raw('POST', `/v1/image-sets/${imageSetId}/images`, page, 'image/png'))
  await ok(imaging.get(`/v1/images/${images[0].imageId}/tiles/0/0_0.jpeg`))
}
