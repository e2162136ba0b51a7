import { randomUUID } from 'node:crypto'
import { SERVICES } from '@praxisbus/contracts'
import sharp from 'sharp'
import { type Json, ok, type Person, type Practice, setUpPractice, until } from '../../system/clinic.ts'
import { playAmended } from './amended.ts'
import { type Asked, type Books, openBooks } from './books.ts'
import { playBooking, playCalendar } from './calendar.ts'
import { type CalendarPartner, playGoogle, playImport } from './calendars.ts'
import { playRows } from './crossed.ts'
import { MONEY } from './money.ts'
import { type PaidOnline, playOnline } from './online.ts'
import { type Recorded, recording, SECRET } from './recorded.ts'
import { playReminded } from './reminded.ts'
import { playWaiting } from './waiting.ts'

interface Played {
  readonly requests: readonly Recorded[]
  /** What each row of `money.ts` asked for. */
  readonly rows: readonly Asked[]
  readonly online: PaidOnline
}

const ACCOUNT = 'acct_quill'

/** What a practice does in its first week, so that every table has rows of it. Each route is used at least once. */
export async function playPractice(
  person: Person,
  partner: Pick<PaidOnline, 'webhookUrl' | 'stripe'>,
  calendars: CalendarPartner,
): Promise<Played> {
  const log: Recorded[] = []
  const owner = Object.fromEntries(
    SERVICES.map((name) => [name, recording(name, person[name], log)]),
  ) as Person
  const practice = await setUpPractice(owner)
  await changeRecords(owner, practice)
  const { patientId } = await patientOf(owner)
  const visit = (start: string) => scheduled(owner, practice, patientId, start)
  const bill = await documentedAndBilled(owner, practice, await visit('09:07'))
  await ok(owner.billing.post(`/v1/billing-encounters/${bill.billingEncounterId}/superbill`, {}))
  await playAmended(owner, bill.billingEncounterId)
  await completed(owner, practice, patientId, await visit('11:00'))
  await cancelled(owner, practice, await visit('13:00'))
  await missed(owner, await visit('15:00'))
  await playReminded(owner, practice)
  await playCalendar(owner, practice)
  await playBooking(owner, practice)
  await playWaiting(owner, practice)
  await playImport(owner, practice.practitionerId)
  await playGoogle(owner, calendars)
  await scanned(owner, practice)
  await ok(owner.ehr.put('/v1/me/preferences', { confirmBeforeSigning: false }))
  partner.stripe.connect(ACCOUNT)
  const books = await openBooks(owner, practice, { name: SECRET, accountId: ACCOUNT })
  const rows = await playRows(books, MONEY)
  const online = await playOnline(books, ACCOUNT, partner)
  await explained(books)
  return { requests: log, rows, online }
}

/** The ids of accounts and journals are known by such answers only. */
async function explained({ person: { billing }, receipt, batchId }: Books): Promise<void> {
  const { receiptId } = await receipt({ batchId })
  await ok(billing.get(`/v1/receipts/${receiptId}/explanation`))
}

async function missed({ scheduler }: Person, appointmentId: string): Promise<void> {
  const path = `/v1/appointments/${appointmentId}`
  await ok(scheduler.post(`${path}/cancel`, { kind: 'cancelled', reason: `${SECRET} is ill` }))
  await ok(scheduler.post(`${path}/restore`, {}))
  await ok(scheduler.delete(path))
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
  const [{ renderingProviderId, version }] = (await ok(billing.get('/v1/rendering-providers')))
    .renderingProviders
  const provider = { name: `Dr. ${SECRET}`, npi: '1234567893', practitionerId }
  await ok(billing.put(`/v1/rendering-providers/${renderingProviderId}`, provider, { ifMatch: version }))
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
  const path = `/v1/encounters/${started.encounterId}`
  const saved = await ok(ehr.put(`${path}/draft`, draft, { ifMatch: started.version }))
  const told = { frontDeskInstructions: `${SECRET} needs a cab.` }
  await ok(ehr.put(`${path}/checkout-instructions`, told, { ifMatch: saved.version }))
  await ok(ehr.post(`${path}/sign`, { confirmed: true }))
  await ok(ehr.get(`${path}/document`))
  await ok(ehr.post(`${path}/release`, {}))
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
  await ok(owner.scheduler.post(`/v1/appointments/${appointmentId}/check-out`))
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
