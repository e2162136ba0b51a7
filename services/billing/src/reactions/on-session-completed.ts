import { SessionCompleted } from '@praxisbus/contracts'
import { json, type Reaction, reaction, sql } from '@praxisbus/runtime'
import type { z } from 'zod'
import { issueDocument, queueDelivery } from '../documents/issue.ts'
import { mergeDiagnoses, mergeSession } from '../domain/billing-encounter.ts'
import { connectedAccount, emailOf, openRequest, owedOn } from '../online/requests.ts'
import { keepSessionDifferences } from '../postings/amendments.ts'
import { type DayBatch, defaultBatch } from '../postings/batches.ts'
import { renderingProviderOf } from '../postings/catalogue.ts'
import { firstPayer, postCharges } from '../postings/charges.ts'
import { type EncounterRow, readLines, saveLines, touchEncounter } from '../postings/encounters.ts'
import { applyVisitEscrow } from '../postings/payments.ts'
import { type Batch, type Posting, postingOfReaction } from '../postings/posting.ts'
import { recordReceipt } from '../postings/receipts.ts'
import { billOfVisit } from '../postings/visit-patient.ts'
import { calendarSays } from '../postings/visits.ts'

type Session = z.output<typeof SessionCompleted.data>

/**
 * A session was marked complete (S-22): its reviewed lines become charges and post at once (B-03, B-04); money the patient
 * handed over becomes a receipt, applied and documented; an invoice waits for review either way. `mailFrom` is the sender's
 * address, part of the email's id.
 */
export function onSessionCompleted({ mailFrom }: { readonly mailFrom: string }): Reaction {
  return reaction(SessionCompleted, async (ctx, session) => {
    const posting = postingOfReaction(ctx)
    const encounter = await billOfVisit(posting, {
      ...session,
      encounterId: null,
      source: 'session',
    })
    // Once per appointment, whatever is delivered: a session is completed only once (S-22).
    if (encounter.sessionCompletedAt) return
    const taken = await takeSession(posting, encounter, session)
    // It was restored if it was ever cancelled; that fact may still be on its way (S-20).
    await calendarSays(posting, session.appointmentId, ctx.event.version, null)
    const batch = await defaultBatch(posting, Temporal.Instant.from(session.completedAt))
    await postSession(posting, batch, taken, session)
    await settleSession(posting, batch, encounter.id, session, mailFrom)
  })
}

/** What the session knows of the visit. The encounter's coding, where it came first, keeps its place. */
async function takeSession(
  { tx, practiceId }: Posting,
  encounter: EncounterRow,
  session: Session,
): Promise<EncounterRow> {
  const diagnoses = mergeDiagnoses(
    encounter.diagnoses,
    session.diagnosisCodes.map((code) => ({ code, description: null })),
  )
  const renderingProviderId =
    encounter.renderingProviderId ?? (await renderingProviderOf(tx, practiceId, session.practitionerId))
  await tx.run(sql`
    update billing_encounter
       set session_completed_at = ${session.completedAt}, diagnoses = ${json(diagnoses)},
           practitioner_id = coalesce(practitioner_id, ${session.practitionerId}), service_date = ${session.serviceDate},
           rendering_provider_id = ${renderingProviderId}, location_id = ${session.locationId},
           place_of_service = ${session.placeOfService}
     where practice_id = ${practiceId} and id = ${encounter.id}`)
  return { ...encounter, diagnoses, serviceDate: session.serviceDate }
}

async function postSession(
  posting: Posting,
  batch: Batch,
  encounter: EncounterRow,
  session: Session,
): Promise<void> {
  const { tx, practiceId, newId } = posting
  const items = session.lineItems.map((item) => ({ ...item, id: newId() }))
  const merged = mergeSession(await readLines(tx, practiceId, encounter.id), items)
  await saveLines(tx, practiceId, encounter.id, merged.lines)
  const post = merged.lines.filter((line) => merged.post.includes(line.id))
  const payerId = encounter.billTo === 'insurance' ? await firstPayer(posting, encounter) : null
  if (post.length > 0) await postCharges(posting, batch, encounter, payerId, post)
  else await touchEncounter(posting, encounter.id, encounter.status === 'cancelled' ? 'unsigned' : undefined)
  const billed = merged.lines.map((line) => ({
    ...line,
    charged: line.charged || merged.post.includes(line.id),
  }))
  if (encounter.releasedAt !== null) await keepSessionDifferences(posting, encounter, billed, merged.post)
}

/**
 * Money in hand (what was paid before, and each cash payment of the flow) becomes receipt, payment, receipt document and email. What
 * is left of it is asked for by a link where it is paid online; otherwise what was billed is
 * an invoice to review, paid or not.
 */
async function settleSession(
  posting: Posting,
  batch: DayBatch,
  billingEncounterId: string,
  session: Session,
  mailFrom: string,
): Promise<void> {
  const { patientId, receiptEmail } = session
  const receiptIds: string[] = []
  for (const money of inHand(session)) receiptIds.push(await takePayment(posting, batch, session, money))
  const online =
    session.paymentType === 'online' && (await askOnline(posting, billingEncounterId, session, mailFrom))
  if (!online && session.lineItems.length > 0)
    await issueDocument(posting, { kind: 'invoice', patientId, billingEncounterId, receiptId: null })
  for (const receiptId of receiptIds) {
    const document = { kind: 'receipt', patientId, billingEncounterId, receiptId } as const
    const documentId = await issueDocument(posting, document)
    if (receiptEmail) await queueDelivery(posting, documentId, receiptEmail, mailFrom)
  }
}

type Money = NonNullable<Session['payment']>

/** Nothing where, for instance, the copay covered it. */
function inHand({ alreadyPaid, payment, cashPayments = [] }: Session): Money[] {
  const cash = cashPayments.map((one) => ({ ...one, method: 'cash' as const }))
  return [...(alreadyPaid && payment ? [payment] : []), ...cash].filter(({ amountCents }) => amountCents > 0)
}

/**
 * Payment type online (B-02): the invoice needs no review, and goes out with the link that the worker makes for what is owed
 * after the copay; without one where that is nothing. false: the practice was disconnected meanwhile, so a person reviews.
 */
async function askOnline(
  posting: Posting,
  billingEncounterId: string,
  { appointmentId, patientId, lineItems }: Session,
  mailFrom: string,
): Promise<boolean> {
  const { tx, practiceId } = posting
  if (lineItems.length === 0) return true
  const accountId = await connectedAccount(tx, practiceId)
  if (!accountId) return false
  const fresh = { kind: 'invoice', patientId, billingEncounterId, receiptId: null, reviewed: true } as const
  const documentId = await issueDocument(posting, fresh)
  const amountCents = await owedOn(tx, practiceId, billingEncounterId)
  if (amountCents > 0)
    await openRequest(posting, {
      billingEncounterId,
      appointmentId,
      patientId,
      documentId,
      accountId,
      amountCents,
    })
  else {
    const { email } = await emailOf(posting, patientId)
    if (email) await queueDelivery(posting, documentId, email, mailFrom)
  }
  return true
}

async function takePayment(
  posting: Posting,
  batch: DayBatch,
  { appointmentId, patientId }: Session,
  { amountCents, method, reference }: Money,
): Promise<string> {
  const money = {
    payer: { patientId },
    appointmentId,
    source: 'session',
    method,
    reference,
    amountCents,
  } as const
  const receiptId = await recordReceipt(posting, batch, { ...money, depositDate: batch.day })
  await applyVisitEscrow(posting, batch, appointmentId, receiptId)
  return receiptId
}
