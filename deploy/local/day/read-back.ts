import { isDeepStrictEqual } from 'node:util'
import { readAhead } from './ahead.ts'
import type { Asking } from './asking.ts'
import { type Json, listAll } from './ensure.ts'
import type { Events } from './events.ts'
import { type Numbers, type Played, visitsOfTheDay } from './played.ts'
import { checkoutOf } from './visits.ts'

/** The same figures as the services that own them have them, read at this moment. */
export async function readBack(asking: Asking, played: Played): Promise<Numbers> {
  const [calendar, notes, money, documents] = await Promise.all([
    readCalendar(asking, played),
    readNotes(asking, played),
    readMoney(asking, played),
    readDocuments(asking, played),
  ])
  const statements = await readStatements(asking, played)
  const batch = await asking.questions.scanBatch(played.scan.scanBatchId)
  const closing = await readClosing(asking, played)
  const ahead = await readAhead(asking, played)
  const images = batch.imageSets.reduce((total, set) => total + set.images.length, 0)
  const facts = countFacts(asking.events, played)
  return {
    ...calendar,
    ...ahead,
    ...notes,
    ...money,
    ...documents,
    ...statements,
    ...closing,
    images,
    ...facts,
  }
}

async function readCalendar({ desk, people }: Asking, played: Played) {
  const list = (from: Temporal.PlainDate, to: Temporal.PlainDate) =>
    listAll(desk, {
      who: people.frontDesk,
      service: 'scheduler',
      path: `/v1/appointments?from=${from}&to=${to}`,
      list: 'items',
    })
  // Visits of other days, and of other folders, share the calendar.
  const ours = new Set(played.visits.map(({ appointmentId }) => appointmentId))
  const isOurs = ({ appointmentId }: Json) => ours.has(String(appointmentId))
  const today = (await list(played.date, played.date)).filter(isOurs)
  const all = (await list(played.date, played.lastDate)).filter(isOurs)
  const asked = visitsOfTheDay(played).filter(({ plan }) => plan?.note?.checkout)
  const shown = await Promise.all(
    asked.map(async ({ appointmentId, plan }) => {
      const { body } = await desk.get(people.frontDesk, 'scheduler', `/v1/appointments/${appointmentId}`)
      return isDeepStrictEqual(body.checkout, checkoutOf(plan!.note!.checkout!))
    }),
  )
  return {
    checkout: shown.filter((asWritten) => asWritten).length,
    appointments: today.length,
    ahead: all.length - today.length,
    checkedIn: today.filter(({ checkedInAt }) => checkedInAt !== null).length,
    completed: today.filter(({ status }) => status === 'completed').length,
    checkedOut: today.filter(({ checkedOutAt }) => checkedOutAt !== null).length,
    missed: today.filter(({ status }) => status === 'cancelled').length,
  }
}

async function readNotes({ desk, people, questions }: Asking, played: Played) {
  const notes = (
    await Promise.all(visitsOfTheDay(played).map((visit) => questions.visitNotes(visit.appointmentId)))
  ).flat()
  const verified = await Promise.all(
    notes
      .filter(({ status }) => status !== 'draft')
      .map(async ({ encounterId }) => {
        const path = `/v1/encounters/${encounterId}/document/verification`
        return (await desk.get(people.owner, 'ehr', path)).body.signatures as { intact: boolean }[]
      }),
  )
  return {
    encounters: notes.length,
    signed: notes.filter(({ status }) => status === 'signed').length,
    released: notes.filter(({ released }) => released).length,
    signatures: verified.flat().length,
    intact: verified.flat().filter(({ intact }) => intact).length,
  }
}

async function readMoney({ desk, people, questions }: Asking, played: Played) {
  const visits = await Promise.all(
    visitsOfTheDay(played).map((visit) => questions.visitBilling(visit.appointmentId)),
  )
  const sum = (of: 'chargedCents' | 'appliedCents' | 'escrowCents') =>
    visits.reduce((total, visit) => total + visit[of], 0)
  const bills = await Promise.all(
    visits
      .filter(({ billStatus }) => billStatus === 'posted')
      .map(async ({ billingEncounterId }) => {
        const { body } = await desk.get(
          people.biller,
          'billing',
          `/v1/billing-encounters/${billingEncounterId}`,
        )
        return body as Bill
      }),
  )
  const lines = bills.flatMap((bill) => bill.lines)
  const [applied, escrow] = [sum('appliedCents'), sum('escrowCents')]
  const { body: ledger } = await desk.get(people.biller, 'billing', '/v1/ledger/summary')
  const { body: online } = await desk.get(people.biller, 'billing', '/v1/payment-requests?state=paid')
  const check = await questions.receipt(played.check.receiptId)
  const range = `from=${played.date}&to=${played.date.add({ days: 1 })}`
  const { body: tieOut } = await desk.get(people.biller, 'billing', `/v1/reports/tie-out?${range}`)
  const whereItIs = ledger.appliedCents + ledger.escrowCents + ledger.disbursedCents + ledger.refundedCents
  return {
    bills: visits.filter(({ billStatus }) => billStatus !== 'none').length,
    posted: visits.filter(({ billStatus }) => billStatus === 'posted').length,
    charged: sum('chargedCents'),
    missedFees: sumOf(lines.filter(({ code }) => code === FEE_CODE).map((line) => line.chargedCents)),
    received: applied + escrow,
    applied,
    paidOnline: paidCents(online.paymentRequests, played),
    escrow,
    adjusted: lines
      .flatMap((line) => line.adjusted)
      .reduce((total, { amountCents }) => total + amountCents, 0),
    owed: bills.reduce((total, bill) => total + bill.balanceCents, 0),
    checkEscrow: check.escrowCents,
    insurerPaid: check.appliedCents,
    disbursed: check.disbursedCents,
    refunded: check.refundedCents,
    tiesOut: tieOut.differenceCents - tieOut.explainedCents,
    ledgerGap: ledger.receivedCents - whereItIs,
  }
}

interface Bill {
  readonly balanceCents: number
  readonly lines: readonly {
    readonly code: string
    readonly chargedCents: number
    readonly adjusted: readonly { readonly amountCents: number }[]
  }[]
}

/** What billing calls the charge of a visit that was missed. */
const FEE_CODE = 'NOSHOW'

const sumOf = (cents: readonly number[]) => cents.reduce((total, each) => total + each, 0)

function paidCents(
  requests: readonly { readonly appointmentId: string; readonly amountCents: number }[],
  played: Played,
): number {
  const ours = new Set(visitsOfTheDay(played).map(({ appointmentId }) => appointmentId))
  return requests
    .filter(({ appointmentId }) => ours.has(appointmentId))
    .reduce((total, { amountCents }) => total + amountCents, 0)
}

async function readDocuments({ desk, people, questions }: Asking, played: Played) {
  const today = visitsOfTheDay(played)
  const bills = await Promise.all(today.map((visit) => questions.visitBilling(visit.appointmentId)))
  const ours = new Set(bills.map(({ billingEncounterId }) => billingEncounterId))
  const patients = new Set(
    await Promise.all(
      today.map(async ({ appointmentId }) => (await questions.appointment(appointmentId)).patientId),
    ),
  )
  const lists = await Promise.all(
    [...patients].map(async (patientId) => {
      const { body } = await desk.get(people.biller, 'billing', `/v1/documents?patientId=${patientId}`)
      return body.documents as {
        kind: string
        billingEncounterId: string
        delivery: { status: string } | null
      }[]
    }),
  )
  const documents = lists.flat().filter(({ billingEncounterId }) => ours.has(billingEncounterId))
  const receipts = documents.filter(({ kind }) => kind === 'receipt')
  return {
    invoices: documents.length - receipts.length,
    receipts: receipts.length,
    emailed: receipts.filter(({ delivery }) => delivery?.status === 'sent').length,
  }
}

/** The statements of the day, and what of the day's fees they ask for. */
async function readStatements({ desk, people }: Asking, played: Played) {
  const stated = visitsOfTheDay(played).filter(({ statementId }) => statementId)
  const fees = await Promise.all(
    stated.map(async ({ statementId, billingEncounterId }) => {
      const [statement, bill] = await Promise.all([
        desk.get(people.biller, 'billing', `/v1/documents/${statementId}`),
        desk.get(people.biller, 'billing', `/v1/billing-encounters/${billingEncounterId}`),
      ])
      const own = new Set(bill.body.lines.map(({ chargeId }: { chargeId: string }) => chargeId))
      const charges: { chargeId: string; balanceCents: number }[] = statement.body.content.charges
      return sumOf(charges.filter(({ chargeId }) => own.has(chargeId)).map((charge) => charge.balanceCents))
    }),
  )
  return { statements: stated.length, statedFees: sumOf(fees) }
}

/** B-19: the seal is computed again from the entries. */
async function readClosing({ desk, people, questions }: Asking, { closing }: Played) {
  const { body: seal } = await desk.get(
    people.biller,
    'billing',
    `/v1/reporting-periods/${closing.periodId}/verify`,
  )
  const receipt = await questions.receipt(closing.receiptId)
  return { sealed: seal.verified ? 1 : 0, capitation: receipt.disbursedCents }
}

function countFacts(events: Events, played: Played) {
  const ours = new Set(played.visits.map(({ appointmentId }) => appointmentId))
  const ofVisits = (topic: string) =>
    events.count(topic, ({ appointmentId }) => ours.has(String(appointmentId)))
  return {
    factsScheduled: ofVisits('appointment.scheduled'),
    factsSigned: ofVisits('encounter.signed'),
    factsReleased: ofVisits('encounter.released'),
    factsCompleted: ofVisits('session.completed'),
    factsCancelled: ofVisits('appointment.cancelled'),
    factsReceived: ofVisits('receipt.recorded'),
    factsImported: events.count(
      'images.imported',
      ({ scanBatchId }) => scanBatchId === played.scan.scanBatchId,
    ),
    factsClosed: events.count('period.closed', ({ periodId }) => periodId === played.closing.periodId),
  }
}
