import { fields } from '@praxisbus/contracts'
import { isRefusal, type Refusal, refuse } from '@praxisbus/runtime/refusal.ts'
import { z } from 'zod'
import { cancelledVisit, deletedVisit, stillPending } from './gone.ts'
import {
  amountCents,
  type CashPayment,
  cashPayment,
  email,
  id,
  modifiers,
  type Payment,
  payment,
  units,
} from './input.ts'

const reviewedLine = z.strictObject({
  serviceId: id,
  units,
  unitAmountCents: amountCents,
  discountCents: fields.cents.min(0).default(0),
  modifiers: modifiers.default([]),
})

/** What a person decides when marking a session complete (S-22). */
export const completionInput = z.strictObject({
  paymentType: z.enum(['online', 'other']),
  alreadyPaid: z.boolean().default(false),
  payment: payment.optional(),
  cashPayments: z
    .array(cashPayment)
    .max(10)
    .default([])
    .describe('Cash handed over now, with either payment type; each becomes a receipt'),
  lineItems: z.array(reviewedLine).max(50).optional().describe('The reviewed lines; [] bills nothing'),
  diagnosisCode: fields.diagnosisCode.optional().describe('Kept in the patient’s profile'),
  sendReceiptTo: email.optional().describe('Where the receipt goes instead of the email on file'),
})
export type CompletionInput = z.infer<typeof completionInput>

export interface CompletionFacts {
  /** What billing says; undefined where the practice has billing off. */
  readonly billing: { readonly onlinePayment: boolean } | undefined
  /** Of those that the lines name, the services that are known here. */
  readonly services: ReadonlyMap<string, { code: string; description: string; active: boolean }>
  /** Services of the appointment: they may be billed even where they were retired since. */
  readonly scheduled: ReadonlySet<string>
  readonly emailOnFile: string | null
}

export interface CompletedLine {
  readonly serviceId: string
  readonly code: string
  readonly description: string
  readonly units: number
  readonly unitAmountCents: number
  readonly discountCents: number
  readonly modifiers: string[]
}

export interface Completion {
  readonly lines: readonly CompletedLine[]
  readonly totalCents: number
  readonly payment: Payment | null
  readonly cashPayments: readonly CashPayment[]
  readonly receiptEmail: string | null
}

/** S-22: only a past appointment, only once. */
export function mayComplete(
  visit: { readonly status: string; readonly endsAt: string },
  now: Temporal.Instant,
):
  | Refusal<
      'appointment_deleted' | 'appointment_cancelled' | 'still_pending' | 'already_completed' | 'not_past'
    >
  | undefined {
  if (visit.status === 'deleted' || visit.status === 'declined') return deletedVisit()
  if (visit.status === 'cancelled') return cancelledVisit()
  if (visit.status === 'pending') return stillPending()
  if (visit.status === 'completed') {
    return refuse('already_completed', {
      detail: 'The session was marked complete before.',
      next: 'Open its bill in billing to change what was billed.',
    })
  }
  if (Temporal.Instant.compare(visit.endsAt, now) > 0) {
    return refuse('not_past', {
      detail: `The session ends at ${visit.endsAt}, and only one that has taken place can be marked complete.`,
      next: 'Mark it complete after its end, or correct its time.',
    })
  }
  return undefined
}

/** Refuses whatever in the input does not add up, naming its field, before anything is finalised (S-22, B-03). */
export function decideCompletion(asked: CompletionInput, facts: CompletionFacts) {
  const wrong = facts.billing ? checkPayment(asked, facts.billing) : checkWithoutBilling(asked)
  if (isRefusal(wrong)) return wrong
  const lines = reviewLines(asked.lineItems ?? [], facts)
  if (isRefusal(lines)) return lines
  const totalCents = lines.reduce((sum, line) => sum + lineTotal(line), 0)
  const tooLarge = refuseTooLarge(asked, totalCents)
  if (tooLarge) return tooLarge
  const receiptEmail = receiptAddress(asked, facts.emailOnFile)
  if (isRefusal(receiptEmail)) return receiptEmail
  const { payment: paid = null, cashPayments } = asked
  return { lines, totalCents, payment: paid, cashPayments, receiptEmail } satisfies Completion
}

/** What is paid in one place is at most what is billed there; the field is that of the payment that goes beyond it. */
function refuseTooLarge(
  { payment: paid, cashPayments }: CompletionInput,
  totalCents: number,
): Refusal<'payment_too_large'> | undefined {
  const payments = [
    ...(paid ? [{ field: 'payment.amountCents', cents: paid.amountCents }] : []),
    ...cashPayments.map((cash, index) => ({
      field: `cashPayments.${index}.amountCents`,
      cents: cash.amountCents,
    })),
  ]
  let sum = 0
  for (const { field, cents } of payments) {
    sum += cents
    if (sum > totalCents)
      return refuse('payment_too_large', {
        field,
        detail: `The payment of ${sum} cents is larger than the total of ${totalCents} cents.`,
        next: 'Correct the payment or the line items; record further money in billing.',
      })
  }
  return undefined
}

function checkWithoutBilling(asked: CompletionInput): Refusal<'billing_off'> | undefined {
  const field =
    asked.paymentType === 'online'
      ? 'paymentType'
      : asked.alreadyPaid
        ? 'alreadyPaid'
        : asked.payment
          ? 'payment'
          : asked.cashPayments.length > 0
            ? 'cashPayments'
            : (asked.lineItems ?? []).length > 0
              ? 'lineItems'
              : undefined
  if (!field) return undefined
  return refuse('billing_off', {
    field,
    detail: 'The practice does not use billing, so nothing can be billed or paid here.',
    next: 'Complete the session with paymentType "other" and no line items, or turn billing on for the practice.',
  })
}

function checkPayment(asked: CompletionInput, billing: { readonly onlinePayment: boolean }) {
  if (asked.paymentType === 'online' && !billing.onlinePayment) {
    return refuse('online_not_connected', {
      field: 'paymentType',
      detail: 'The practice is not connected to its payment partner.',
      next: 'Choose payment type "other", or connect the payment partner in billing.',
    })
  }
  if (asked.paymentType === 'online' && asked.alreadyPaid) {
    return refuse('online_already_paid', {
      field: 'alreadyPaid',
      detail: 'What was already paid is not collected online.',
      next: 'Choose payment type "other" to record the payment.',
    })
  }
  if (asked.lineItems === undefined) {
    return refuse('line_items_missing', {
      field: 'lineItems',
      detail: 'The reviewed line items are required.',
      next: 'Read the proposed ones from GET /v1/appointments/{id}/completion, review them and send them; [] bills nothing.',
    })
  }
  if (asked.alreadyPaid && !asked.payment) {
    return refuse('payment_missing', {
      field: 'payment',
      detail: 'A session that is already paid needs the payment: amount, method, reference.',
      next: 'Send payment, or alreadyPaid false to save the invoice for review.',
    })
  }
  if (!asked.alreadyPaid && asked.payment) {
    return refuse('payment_not_expected', {
      field: 'payment',
      detail: 'A payment came with a session that is not said to be paid.',
      next: 'Send alreadyPaid true, or leave payment out.',
    })
  }
  return undefined
}

function reviewLines(
  asked: NonNullable<CompletionInput['lineItems']>,
  { services, scheduled }: CompletionFacts,
): CompletedLine[] | Refusal<'service_not_available' | 'discount_too_large'> {
  const lines: CompletedLine[] = []
  for (const [index, line] of asked.entries()) {
    const service = services.get(line.serviceId)
    if (!service || !(service.active || scheduled.has(line.serviceId))) {
      return refuse('service_not_available', {
        field: `lineItems.${index}.serviceId`,
        detail: `The catalogue has no active service ${line.serviceId}.`,
        next: 'Choose one from GET /v1/services.',
      })
    }
    if (line.discountCents > line.units * line.unitAmountCents) {
      return refuse('discount_too_large', {
        field: `lineItems.${index}.discountCents`,
        detail: `The discount of ${line.discountCents} cents is larger than the line of ${line.units * line.unitAmountCents} cents.`,
        next: 'Send a discount of at most the amount of the line.',
      })
    }
    lines.push({ ...line, code: service.code, description: service.description })
  }
  return lines
}

function lineTotal(line: CompletedLine): number {
  return line.units * line.unitAmountCents - line.discountCents
}

/** B-03: a missing address is said before finalising, not found out when the receipt should go. */
function receiptAddress(
  asked: CompletionInput,
  emailOnFile: string | null,
): string | null | Refusal<'receipt_email_missing' | 'no_receipt_due'> {
  if (asked.alreadyPaid) {
    return (
      asked.sendReceiptTo ??
      emailOnFile ??
      refuse('receipt_email_missing', {
        field: 'sendReceiptTo',
        detail: 'The receipt cannot be sent: the patient has no email on file.',
        next: "Send sendReceiptTo, or add the email to the patient's record first.",
      })
    )
  }
  // A receipt for cash can be handed over on paper, so it needs no address.
  if (asked.cashPayments.length > 0) return asked.sendReceiptTo ?? emailOnFile
  if (asked.sendReceiptTo === undefined) return null
  return refuse('no_receipt_due', {
    field: 'sendReceiptTo',
    detail: 'There is no receipt for a session of which nothing is paid.',
    next: 'Leave sendReceiptTo out, or send alreadyPaid true with the payment, or cashPayments.',
  })
}
