import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { connectRpc } from '@praxisbus/runtime'
import { waitFor } from '@praxisbus/testing'
import sharp from 'sharp'
import { type Clinic, type Json, ok, openStaffedClinic, type Person, type Practice, until } from './clinic.ts'
import { billOf as billOfVisit, schedule, writeNote } from './visit-steps.ts'

let clinic: Clinic
let practice: Practice
let desk: Person
let clinician: Person
let biller: Person

beforeAll(async () => {
  ;({ clinic, practice, desk, clinician, biller } = await openStaffedClinic())
}, 120_000)
afterAll(() => clinic?.close(), 60_000)

const scheduled = (patient: object) => schedule(desk, practice, patient, { daysAgo: 1 })
const documented = (appointmentId: string) => writeNote(clinician, practice, appointmentId)

const billOf = (appointmentId: string) => billOfVisit(biller, appointmentId)

describe('one visit through four services', () => {
  test('S-02 E-04 E-12 B-06 B-10 a copay waits in escrow while the visit is documented, released, reviewed and signed', async () => {
    const patient = await ok(
      desk.scheduler.post('/v1/patients', {
        name: 'Ada Moran',
        email: 'ada@patient.example',
        reminderConsents: { email: true, phone: false, text: false },
      }),
    )
    const { appointmentId } = await scheduled({ patientId: patient.patientId })
    await ok(
      desk.scheduler.post(`/v1/appointments/${appointmentId}/check-in`, {
        copay: { amountCents: 2_500, method: 'cash', reference: 'T-1' },
      }),
    )
    const summary = () => ok(biller.billing.get('/v1/ledger/summary'))
    await until(summary, (found) => found.escrowCents === 2_500, 'the copay in escrow')

    const signed = await documented(appointmentId)
    expect(signed.status).toBe('signed')
    const pdf = await clinician.ehr.get(`/v1/encounters/${signed.encounterId}/document`)
    expect([pdf.headers.get('content-type'), pdf.body.subarray(0, 5).toString()]).toEqual([
      'application/pdf',
      '%PDF-',
    ])
    await ok(clinician.ehr.post(`/v1/encounters/${signed.encounterId}/release`, {}))

    const bill = await until(
      () => billOf(appointmentId),
      (found) => found,
      'the unsigned billing encounter',
    )
    expect(bill).toMatchObject({
      status: 'unsigned',
      encounterId: signed.encounterId,
      patientId: patient.patientId,
      renderingProviderId: practice.renderingProviderId,
      diagnoses: [{ code: 'F32.1' }, { code: 'F41.1' }],
      lines: [
        {
          code: 'H0004',
          units: 1,
          modifiers: ['HO'],
          diagnosisPointers: [1],
          unitAmountCents: 15_000,
          chargeId: null,
        },
      ],
    })
    const posted = await ok(
      biller.billing.post(
        `/v1/billing-encounters/${bill.billingEncounterId}/sign`,
        {},
        { ifMatch: bill.version },
      ),
    )
    expect(posted).toMatchObject({ status: 'posted' })
    const after = await until(summary, (found) => found.escrowCents === 0, 'the copay applied')
    expect(after).toMatchObject({
      receivedCents: 2_500,
      appliedCents: 2_500,
      chargedCents: 15_000,
      receivableCents: 12_500,
    })
  }, 60_000)

  test('S-22 B-03 a session already paid becomes an invoice that owes nothing, a receipt document, a payment, and an email with the PDF', async () => {
    const { appointmentId } = await scheduled({ newPatient: { name: 'Inline Person' } })
    const review = await ok(desk.scheduler.get(`/v1/appointments/${appointmentId}/completion`))
    expect(review).toMatchObject({
      totalCents: 15_000,
      onlinePayment: false,
      emailOnFile: null,
      hasDiagnosis: false,
    })
    const lineItems = review.lineItems.map(({ serviceId, units, unitAmountCents, modifiers }: Json) => ({
      serviceId,
      units,
      unitAmountCents,
      modifiers,
      discountCents: 1_000,
    }))
    const body = {
      paymentType: 'other',
      alreadyPaid: true,
      payment: { amountCents: 14_000, method: 'card', reference: 'A-9' },
      lineItems,
      diagnosisCode: 'F41.1',
    }
    expect(await desk.scheduler.post(`/v1/appointments/${appointmentId}/complete`, body)).toMatchObject({
      status: 400,
      body: { type: 'urn:praxisbus:problem:receipt_email_missing' },
    })
    const done = await ok(
      desk.scheduler.post(`/v1/appointments/${appointmentId}/complete`, {
        ...body,
        sendReceiptTo: 'inline@patient.example',
      }),
    )
    expect(done.status).toBe('completed')

    const bill = await until(
      () => billOf(appointmentId),
      (found) => found?.status === 'posted',
      'the posted bill',
    )
    expect(bill).toMatchObject({ balanceCents: 0, lines: [{ chargedCents: 14_000, discountCents: 1_000 }] })
    const { documents } = await until(
      () => ok(biller.billing.get(`/v1/documents?patientId=${bill.patientId}`)),
      ({ documents: found }) => found.some((each: Json) => each.delivery?.status === 'sent'),
      'the receipt to be sent',
    )
    expect(documents).toEqual([
      expect.objectContaining({ kind: 'receipt', totalCents: 14_000, status: 'issued' }),
      expect.objectContaining({ kind: 'invoice', totalCents: 14_000, status: 'review' }),
    ])
    const invoice = await ok(biller.billing.get(`/v1/documents/${documents[1].documentId}`))
    expect(invoice.content).toMatchObject({ paidCents: 14_000, balanceCents: 0 })
    const mail = await waitFor(
      () => readdirSync(clinic.mailFolder).find((name) => name.includes('inline@patient.example')),
      10_000,
      'the email',
    )
    const text = readFileSync(join(clinic.mailFolder, mail), 'utf8')
    expect(text).toMatch(/Content-Type: application\/pdf/i)
    expect(text).not.toMatch(/undefined|null/)
  }, 60_000)

  test('B-03 B-06 a session not yet paid is invoiced for review, and meets its released encounter in one billing encounter', async () => {
    const { appointmentId } = await scheduled({ newPatient: { name: 'Both Ways' } })
    const signed = await documented(appointmentId)
    const lineItems = [
      {
        serviceId: practice.serviceId,
        units: 1,
        unitAmountCents: 12_000,
        discountCents: 0,
        modifiers: ['HO'],
      },
    ]
    await Promise.all([
      ok(
        desk.scheduler.post(`/v1/appointments/${appointmentId}/complete`, {
          paymentType: 'other',
          alreadyPaid: false,
          lineItems,
        }),
      ),
      ok(clinician.ehr.post(`/v1/encounters/${signed.encounterId}/release`, {})),
    ])
    const bill = await until(
      () => billOf(appointmentId),
      (found) => found?.encounterId && found?.sessionCompletedAt,
      'both in one bill',
    )
    expect(bill).toMatchObject({ status: 'posted', diagnoses: [{ code: 'F32.1' }, { code: 'F41.1' }] })
    expect(bill.lines.map(({ code, chargedCents }: Json) => [code, chargedCents])).toEqual([
      ['H0004', 12_000],
    ])
    const { documents } = await ok(biller.billing.get(`/v1/documents?patientId=${bill.patientId}`))
    expect(documents).toEqual([
      expect.objectContaining({ kind: 'invoice', status: 'review', totalCents: 12_000 }),
    ])
  }, 60_000)

  test('S-16 deleting a past appointment asks billing and the EHR, and says which step comes next', async () => {
    const { appointmentId } = await scheduled({ newPatient: { name: 'Too Late' } })
    const signed = await documented(appointmentId)
    const deletion = () => desk.scheduler.delete(`/v1/appointments/${appointmentId}`)
    expect(await deletion()).toMatchObject({
      status: 409,
      body: { type: 'urn:praxisbus:problem:note_signed', next: expect.stringMatching(/unlock/i) },
    })
    await ok(clinician.ehr.post(`/v1/encounters/${signed.encounterId}/release`, {}))
    const bill = await until(
      () => billOf(appointmentId),
      (found) => found,
      'the bill',
    )
    expect(await deletion()).toMatchObject({
      status: 409,
      body: { next: expect.stringMatching(/cancel the bill/i) },
    })
    await ok(
      biller.billing.post(
        `/v1/billing-encounters/${bill.billingEncounterId}/cancel`,
        {},
        { ifMatch: bill.version },
      ),
    )

    // The bill is cancelled, and the note still stands in the way until it is unlocked (E-11).
    expect(await deletion()).toMatchObject({
      status: 409,
      body: { type: 'urn:praxisbus:problem:note_signed', next: expect.stringMatching(/unlock the note/i) },
    })
    const note = `/v1/encounters/${signed.encounterId}`
    const { version } = await ok(clinician.ehr.get(note))
    await ok(clinician.ehr.post(`${note}/unlock`, { reason: 'Wrong patient' }, { ifMatch: version }))
    expect((await ok(deletion())).status).toBe('deleted')

    const { appointmentId: free } = await scheduled({ newPatient: { name: 'No Bill' } })
    expect((await ok(desk.scheduler.delete(`/v1/appointments/${free}`))).status).toBe('deleted')
    await clinic.services.billing.stop()
    const { appointmentId: unknown } = await scheduled({ newPatient: { name: 'Who Knows' } })
    expect(await desk.scheduler.delete(`/v1/appointments/${unknown}`)).toMatchObject({ status: 503 })
    await clinic.services.billing.restart()
    expect(
      (
        await until(
          () => ok(desk.scheduler.delete(`/v1/appointments/${unknown}`)),
          () => true,
          'billing to answer',
        )
      ).status,
    ).toBe('deleted')
  }, 60_000)

  test('I-01 I-04 a scan batch takes an imported page; gRPC and the topic tell of it', async () => {
    const batch = await until(
      () =>
        ok(
          desk.imaging.post('/v1/scan-batches', {
            type: 'charge',
            locationId: practice.locationId,
            description: 'Encounter forms',
          }),
        ),
      () => true,
      'imaging to know the practice',
    )
    const page = await sharp({ create: { width: 850, height: 1_100, channels: 3, background: '#ffffff' } })
      .composite([
        {
          input: Buffer.from(
            '<svg width="850" height="1100"><text x="80" y="160" font-size="60">Encounter form</text></svg>',
          ),
        },
      ])
      .png()
      .toBuffer()
    const imported = await ok(
      desk.imaging.raw('POST', `/v1/image-sets/${batch.imageSets[0].imageSetId}/images`, page, 'image/png'),
    )
    expect(imported.images).toEqual([
      expect.objectContaining({ widthPx: 850, heightPx: 1_100, duplicateOf: null }),
    ])
    const thumbnail = await desk.imaging.get(`/v1/images/${imported.images[0].imageId}/thumbnail`)
    expect((await sharp(thumbnail.body).metadata()).width).toBeGreaterThan(50)

    const rpc = connectRpc({
      proto: 'imaging.proto',
      service: 'praxisbus.imaging.v1.Imaging',
      address: clinic.services.imaging.grpcAddress,
    })
    const found = await rpc.call(
      'GetScanBatch',
      { scanBatchId: batch.scanBatchId },
      { principal: { token: await clinic.token('front-desk'), practiceId: clinic.practiceId } },
    )
    rpc.close()
    expect(found.imageSets[0]!.images).toHaveLength(1)
  }, 60_000)

  test('P-03 subscribers read each fact as a CloudEvent under its name', async () => {
    const topics = [
      'appointment.scheduled',
      'appointment.checked-in',
      'encounter.signed',
      'encounter.released',
      'session.completed',
      'receipt.recorded',
      'payment.applied',
      'charges.posted',
      'scan-batch.created',
      'images.imported',
    ]
    const reader = await clinic.topics(...topics)
    for (const topic of topics) {
      const { headers, key } = await reader.until((message) => message.topic === topic)
      expect(headers).toMatchObject({
        ce_specversion: '1.0',
        ce_type: `praxisbus.${topic}.v1`,
        ce_subject: key,
        ce_practiceid: clinic.practiceId,
      })
    }
    const released = await reader.until(({ topic }) => topic === 'encounter.released')
    const posted = await reader.until(
      ({ topic, headers }) => topic === 'charges.posted' && headers.ce_causationid !== undefined,
    )
    expect(released.value.diagnoses[0]).toMatchObject({ code: 'F32.1' })
    expect(posted.headers.ce_correlationid).toMatch(/\S/)
    await reader.stop()
  }, 60_000)

  test('P-06 no log of any service holds a patient’s name, an email address or a token', async () => {
    const logs = (await Promise.all(Object.values(clinic.services).map((service) => service.logs()))).join(
      '\n',
    )
    for (const secret of ['Ada Moran', 'Inline Person', 'patient.example', 'eyJ', 'Went well'])
      expect(logs).not.toContain(secret)
    expect(logs).toContain('"msg":"ready"')
  })

  test('P-01 health, readiness, metrics and API pages answer without sign-in, and show no record', async () => {
    for (const { httpUrl } of Object.values(clinic.services)) {
      const page = async (path: string) => (await fetch(httpUrl + path)).text()
      expect(JSON.parse(await page('/readyz'))).toMatchObject({ status: 'ready', degraded: [] })
      expect(await page('/metrics')).toMatch(/relay_lag_rows\{.*\} 0/)
      expect(JSON.parse(await page('/openapi.json')).openapi).toBe('3.1.0')
      expect(JSON.parse(await page('/asyncapi.json')).asyncapi).toBe('3.0.0')
      expect(await page('/docs')).toContain('swagger-ui')
    }
  })

  test('P-01 SIGTERM stops every service in order, with exit code 0 and nothing left behind', async () => {
    for (const service of Object.values(clinic.services)) {
      const { pid } = service
      await service.stop()
      expect(await service.logs()).not.toMatch(/could not stop in order/)
      expect(() => execFileSync('kill', ['-0', String(pid)], { stdio: 'ignore' })).toThrow()
    }
  }, 60_000)
})
