import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Clinic, type Json, ok, openStaffedClinic, type Person, type Practice, until } from './clinic.ts'
import { billOf, draftNote, schedule } from './visit-steps.ts'

/** S-16: what three people do at once to one past appointment, with all services and Kafka between them. */
let clinic: Clinic
let practice: Practice
let desk: Person
let clinician: Person
let biller: Person

beforeAll(async () => {
  ;({ clinic, practice, desk, clinician, biller } = await openStaffedClinic())
}, 120_000)
afterAll(() => clinic?.close(), 60_000)

const ROUNDS = 15
const pathOf = (id: string) => `/v1/appointments/${id}`
const remove = (id: string) => desk.scheduler.delete(pathOf(id))
const complete = (id: string) =>
  desk.scheduler.post(`${pathOf(id)}/complete`, {
    paymentType: 'other',
    alreadyPaid: false,
    lineItems: [
      { serviceId: practice.serviceId, units: 1, unitAmountCents: 15_000, discountCents: 0, modifiers: [] },
    ],
  })
/** Billing's own way to a bill without a completed session: a note is released (B-06). */
const release = (encounterId: string) => clinician.ehr.post(`/v1/encounters/${encounterId}/release`, {})

interface Case {
  readonly appointmentId: string
  readonly encounterId: string | undefined
}
interface Said {
  readonly status: number
  readonly body: Json
}

async function pastAppointments(name: string, noted: boolean): Promise<Case[]> {
  const cases: Case[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const daysAgo = 1 + (round % 20)
    const { appointmentId } = await schedule(
      desk,
      practice,
      { newPatient: { name: `${name} ${round}` } },
      { daysAgo },
    )
    const encounterId = noted ? (await draftNote(clinician, practice, appointmentId)).encounterId : undefined
    cases.push({ appointmentId, encounterId })
  }
  return cases
}

/** The later ones start a little later, by more with each round, so that some meet in each step of the first. */
const laterBy = async <T>(ms: number, act: () => Promise<T>): Promise<T> => {
  await new Promise((resolve) => setTimeout(resolve, ms))
  return act()
}
const spread = (round: number) => (round % 5) * 8

/** Nothing broke, exactly one of deleting and completing was done, and the calendar shows that one. */
async function outcomeOf(appointmentId: string, deletions: Said[], completions: Said[]): Promise<string> {
  for (const { status, body } of [...deletions, ...completions])
    expect([200, 409, 410, JSON.stringify(body)]).toContain(status)
  const deleted = deletions.filter(({ status }) => status === 200).length
  const completed = completions.filter(({ status }) => status === 200).length
  expect(deleted + completed).toBe(1)
  const { status } = await ok(desk.scheduler.get(pathOf(appointmentId)))
  expect(status).toBe(deleted === 1 ? 'deleted' : 'completed')
  return status
}

/** Deleted: no bill, or a cancelled one that says why. Completed: one bill with its session and charge. */
async function billingAgrees({ appointmentId }: Case, outcome: string, released: boolean): Promise<void> {
  const settled = (bill: Json) =>
    outcome === 'deleted'
      ? !released || (bill?.status === 'cancelled' && bill.appointmentDeleted)
      : bill?.status === 'posted' && bill.sessionCompletedAt && (!released || bill.releasedAt)
  const bill = await until(
    async () => ({ of: await billOf(biller, appointmentId) }),
    ({ of }) => settled(of),
    `billing to agree that ${appointmentId} is ${outcome}`,
  )
  if (outcome === 'deleted' && !released) expect(bill.of).toBeUndefined()
  if (outcome === 'completed') expect(bill.of.lines).toMatchObject([{ code: 'H0004', chargedCents: 15_000 }])
}

/** The EHR takes no new bill from a visit that is gone; what is still on its way has arrived when it says so. */
async function ehrAgrees({ encounterId }: Case, outcome: string, released: boolean): Promise<void> {
  if (!encounterId || released || outcome !== 'deleted') return
  await until(
    () => release(encounterId),
    ({ status, body }) => status === 409 && (body as Json).type.endsWith(':appointment_deleted'),
    'the EHR to know of the deletion',
  )
}

/** Facts of every race have arrived everywhere: what nobody expects would show now. */
async function nothingFollows(cases: readonly (Case & { outcome: string })[]): Promise<void> {
  const { items } = await ok(desk.scheduler.get('/v1/reminders'))
  expect(items).toEqual([])
  for (const service of Object.values(clinic.services)) {
    await until(
      async () => (await fetch(`${service.httpUrl}/metrics`)).text(),
      (page) => /relay_lag_rows\{.*\} 0/.test(page),
      'all facts to be out',
    )
  }
  for (const { appointmentId, outcome } of cases) {
    const bill = await billOf(biller, appointmentId)
    if (outcome === 'deleted') expect([undefined, 'cancelled']).toContain(bill?.status)
    else expect(bill.sessionCompletedAt).not.toBeNull()
  }
}

describe('people at one past appointment at once', () => {
  test('S-16 S-22 completing and deleting, each twice, has one outcome that billing shares', async () => {
    const cases = await pastAppointments('Twice', false)
    const outcomes = await Promise.all(
      cases.map(async (one, round) => {
        const { appointmentId } = one
        const deletions = [remove(appointmentId), laterBy(spread(round), () => remove(appointmentId))]
        const completions = [complete(appointmentId), laterBy(spread(round), () => complete(appointmentId))]
        const outcome = await outcomeOf(
          appointmentId,
          await Promise.all(deletions),
          await Promise.all(completions),
        )
        await billingAgrees(one, outcome, false)
        return { ...one, outcome }
      }),
    )
    await nothingFollows(outcomes)
  }, 120_000)

  test('S-16 S-22 B-06 completing, deleting and making a bill of the note has one outcome that all three share', async () => {
    const cases = await pastAppointments('Three', true)
    const outcomes = []
    for (const [round, one] of cases.entries()) {
      const { appointmentId } = one
      const [deletion, completion, bill] = await Promise.all([
        laterBy(round % 3 === 0 ? 6 : 0, () => remove(appointmentId)),
        laterBy(round % 3 === 0 ? 40 : spread(round), () => complete(appointmentId)),
        laterBy((round % 4) * 5, () => release(one.encounterId!)),
      ])
      expect([200, 409]).toContain(bill.status)
      const outcome = await outcomeOf(appointmentId, [deletion], [completion])
      await billingAgrees(one, outcome, bill.status === 200)
      await ehrAgrees(one, outcome, bill.status === 200)
      outcomes.push({ ...one, outcome })
    }
    await nothingFollows(outcomes)
  }, 120_000)

  test('S-16 S-22 a bill that was cancelled before does not let a deletion overtake the session that is on its way', async () => {
    const cases = await pastAppointments('Overtaken', true)
    const outcomes = []
    for (const one of cases) {
      const { appointmentId } = one
      await ok(release(one.encounterId!))
      const bill = await until(
        () => billOf(biller, appointmentId),
        (found) => found,
        'the bill of the note',
      )
      const path = `/v1/billing-encounters/${bill.billingEncounterId}/cancel`
      await ok(biller.billing.post(path, {}, { ifMatch: bill.version }))
      await ok(complete(appointmentId))
      const deletion = await remove(appointmentId)
      expect(deletion).toMatchObject({ status: 409, body: { blockers: [expect.stringMatching(/^bil/)] } })
      await billingAgrees(one, 'completed', true)
      outcomes.push({ ...one, outcome: 'completed' })
    }
    await nothingFollows(outcomes)
  }, 120_000)
})
