import { fields } from '@praxisbus/contracts'
import { z } from 'zod'

/** Shapes of the answers about documents, for the API page. */
const { id, cents, date, modifier } = fields
const instant = z.string().describe('ISO 8601, UTC')
const version = z.int()

const paid = { date, method: z.string(), reference: z.string().nullable() }
const documentSummary = z.object({
  documentId: id,
  kind: z.enum(['invoice', 'receipt', 'statement', 'superbill']),
  number: z.string(),
  status: z.enum(['review', 'issued', 'void']),
  patientId: id,
  billingEncounterId: id.nullable(),
  receiptId: id.nullable(),
  totalCents: cents,
  owedCents: cents
    .nullable()
    .describe('what the patient still owes on an invoice’s bill now; null: another document, or void'),
  issuedAt: instant,
  version,
  delivery: z
    .object({
      status: z.enum(['queued', 'sent', 'failed']),
      address: z.string(),
      attempts: z.int(),
      nextAttemptAt: instant.nullable(),
      lastError: z.string().nullable(),
      messageId: z.string(),
      sentAt: instant.nullable(),
      note: z.string().nullable(),
    })
    .nullable(),
})
export const documentList = z.object({ documents: z.array(documentSummary) })
const line = {
  code: z.string(),
  description: z.string(),
  units: z.int(),
  modifiers: z.array(modifier),
  amountCents: cents,
}
const invoiceContent = z.object({
  serviceDate: date.nullable().describe('null: a receipt for money that no bill has yet'),
  lines: z.array(z.object({ ...line, discountCents: cents })),
  payments: z.array(z.object({ ...paid, appliedCents: cents })),
  totalCents: cents,
  paidCents: cents,
  adjustedCents: cents.optional(),
  withInsurersCents: cents.optional(),
  balanceCents: cents,
  received: z.object({ ...paid, amountCents: cents, escrowCents: cents }).nullable(),
})
const statementContent = z.object({
  asOf: date,
  charges: z.array(
    z.object({
      ...line,
      chargeId: id,
      serviceDate: date,
      adjustedCents: cents,
      paidCents: cents,
      insuranceCents: cents,
      collectionsCents: cents.optional().describe('what an agency collects of it'),
      balanceCents: cents,
      payments: z.array(
        z.object({
          date,
          method: z.string(),
          insurer: z.boolean(),
          agency: z.boolean().optional().describe('through a collection agency, with its fee'),
          amountCents: cents,
        }),
      ),
    }),
  ),
  aging: z.object({
    currentCents: cents,
    days31To60Cents: cents,
    days61To90Cents: cents,
    days91To120Cents: cents,
    over120Cents: cents,
  }),
  balanceCents: cents,
  insuranceCents: cents,
  creditCents: cents,
})
const superbillContent = z.object({
  serviceDate: date,
  birthDate: date.nullable(),
  provider: z.object({ name: z.string(), npi: z.string() }),
  placeOfService: z.string().nullable(),
  diagnoses: z.array(z.object({ code: z.string(), description: z.string().nullable() })),
  lines: z.array(z.object({ ...line, diagnosisPointers: z.array(z.int()), discountCents: cents })),
  totalCents: cents,
  paidCents: cents,
})
export const document = documentSummary.extend({
  content: z
    .union([invoiceContent, statementContent, superbillContent])
    .describe('By kind: of invoice and receipt, of statement, of superbill'),
})

export const statementRun = z.object({
  statements: z.array(
    z.object({ documentId: id, patientId: id, totalCents: cents, email: z.string().nullable() }),
  ),
  more: z.boolean(),
})
