import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { waitFor } from '@praxisbus/testing'
import pg from 'pg'
import { type Clinic, type Json, ok, openClinic, type Person, setUpPractice, until } from './clinic.ts'

let clinic: Clinic
let owner: Person
beforeAll(async () => {
  clinic = await openClinic()
  owner = await clinic.person('owner', 'owner', ['Therapist'])
  for (const { httpUrl, name } of Object.values(clinic.services))
    await waitFor(async () => topicsAreThere(httpUrl), 60_000, `the topics of ${name}`)
}, 240_000)
afterAll(() => clinic.close(), 60_000)

async function topicsAreThere(httpUrl: string): Promise<boolean> {
  const { degraded } = (await (await fetch(`${httpUrl}/readyz`)).json()) as { degraded: string[] }
  return degraded.length === 0
}

const ACCOUNT = 'acct_lakeside'
const MAKE = 'POST /v1/payment_links'

async function pastVisit(practice: Json): Promise<Json> {
  const { patientId } = await ok(
    owner.scheduler.post('/v1/patients', { name: 'Online Person', email: 'online@patient.example' }),
  )
  const day = Temporal.Now.plainDateISO('America/Chicago').subtract({ days: 1 })
  return ok(
    owner.scheduler.post('/v1/appointments', {
      patientId,
      practitionerId: practice.practitionerId,
      locationId: practice.locationId,
      services: [{ serviceId: practice.serviceId, units: 1 }],
      start: `${day}T09:00`,
      end: `${day}T09:45`,
    }),
  )
}

const letters = () =>
  readdirSync(clinic.mailFolder).map((name) =>
    readFileSync(join(clinic.mailFolder, name), 'latin1').replaceAll('=\r\n', ''),
  )

/** The claim of the process that died would run out by itself, in minutes. */
async function claimsRunOut(): Promise<void> {
  const admin = new pg.Client(clinic.databases.billing.adminUrl)
  await admin.connect()
  await admin.query('update payment_request set next_look_at = now() where next_look_at is not null')
  await admin.end()
}

test('S-22 B-02 a session completed with payment online: link, kill -9 before its answer is written down, email, payment, receipt, all facts', async () => {
  const practice = await setUpPractice(owner)
  const { appointmentId, patientId } = await pastVisit(practice)
  const facts = await clinic.topics('payment-request.sent', 'payment-request.paid', 'receipt.recorded')
  const review = () => ok(owner.scheduler.get(`/v1/appointments/${appointmentId}/completion`))
  const { lineItems: proposed, onlinePayment } = await review()
  expect(onlinePayment).toBe(false)
  const lineItems = proposed.map(({ serviceId, units, unitAmountCents, modifiers }: Json) => ({
    serviceId,
    units,
    unitAmountCents,
    modifiers,
  }))
  const complete = () =>
    owner.scheduler.post(`/v1/appointments/${appointmentId}/complete`, { paymentType: 'online', lineItems })
  expect((await complete()).body).toMatchObject({ type: 'urn:praxisbus:problem:online_not_connected' })

  clinic.stripe.connect(ACCOUNT)
  await ok(owner.billing.put('/v1/payment-partner', { accountId: ACCOUNT }))
  expect(await review()).toMatchObject({ onlinePayment: true })
  clinic.stripe.trouble({ on: MAKE, how: 'hang-after' })
  expect(await ok(complete())).toMatchObject({ status: 'completed' })
  await waitFor(() => clinic.stripe.requests.some(({ call }) => call === MAKE), 20_000, 'the link to be made')
  await clinic.services.billing.kill9()
  await clinic.services.billing.restart()

  const requests = () => ok(owner.billing.get(`/v1/payment-requests?patientId=${patientId}`))
  expect((await requests()).paymentRequests).toMatchObject([{ state: 'unknown', url: null }])
  await claimsRunOut()
  const open = await until(
    requests,
    ({ paymentRequests: [one] }) => one.email === 'sent',
    'the letter to go out',
  )
  const [request] = open.paymentRequests
  expect(request).toMatchObject({ state: 'open', amountCents: 15_000 })
  const made = clinic.stripe.requests.filter(({ call }) => call === MAKE)
  expect(made).toHaveLength(1)
  expect(letters().filter((letter) => letter.includes(request.url))).toHaveLength(1)

  const linkId = request.url.split('/').at(-1)
  const event = clinic.stripe.pay(ACCOUNT, linkId)
  const webhook = `${clinic.services.billing.httpUrl}/v1/webhooks/stripe`
  const heard = await Promise.all(Array.from({ length: 5 }, () => clinic.stripe.deliver(webhook, event)))
  expect(heard.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
  const paid = (await requests()).paymentRequests[0]
  expect(paid).toMatchObject({ state: 'paid', receiptIds: [expect.any(String)] })
  expect(await ok(owner.billing.get(`/v1/receipts/${paid.receiptIds[0]}`))).toMatchObject({
    source: 'online',
    appliedCents: 15_000,
    escrowCents: 0,
  })
  await waitFor(
    () => letters().some((letter) => letter.includes('Your receipt')),
    20_000,
    'the receipt by email',
  )
  await facts.until((fact) => fact.topic === 'payment-request.paid', 20_000)
  await facts.until((fact) => fact.topic === 'receipt.recorded', 20_000)
  expect(facts.messages.map(({ topic }) => topic).sort()).toEqual([
    'payment-request.paid',
    'payment-request.sent',
    'receipt.recorded',
  ])
  await facts.stop()
  const logs = await clinic.services.billing.logs()
  expect(logs).not.toMatch(/Online Person|online@patient|sk_test|whsec/)
}, 120_000)
