import type { fields } from '@praxisbus/contracts'
import { sumCents } from './money.ts'
import type { StatementContent } from './statement.ts'
import type { SuperbillContent } from './superbill.ts'

export type DocumentKind = 'invoice' | 'receipt' | 'statement' | 'superbill'
/** Each kind has its own shape. */
export type AnyContent = DocumentContent | StatementContent | SuperbillContent

const PREFIX = { invoice: 'INV', receipt: 'REC', statement: 'STM', superbill: 'SUP' } as const

/** Counted per practice and kind, without gaps. */
export function documentNumber(kind: DocumentKind, number: number): string {
  return `${PREFIX[kind]}-${String(number).padStart(6, '0')}`
}

export interface DocumentLine {
  readonly code: string
  readonly description: string
  readonly units: number
  readonly modifiers: readonly string[]
  /** Gross, for all units. */
  readonly amountCents: number
  readonly discountCents: number
}

export interface DocumentPayment {
  readonly date: string
  readonly method: string
  readonly reference: string | null
  /** What of it pays these lines; with what a collection agency kept, which the patient has paid as well. */
  readonly appliedCents: number
}

/** The money of a document, as the ledger has it at one moment. */
export interface DocumentContent {
  /** null: a receipt for money that no bill has yet. */
  readonly serviceDate: string | null
  readonly lines: readonly DocumentLine[]
  readonly payments: readonly DocumentPayment[]
  /** Net of discounts. */
  readonly totalCents: number
  readonly paidCents: number
  /** Written off, mostly by an insurer's contract (B-15). Left out in what was issued before there were insurers. */
  readonly adjustedCents?: number
  /** What insurers owe: the patient is not asked for it. */
  readonly withInsurersCents?: number
  /** What the patient owes. */
  readonly balanceCents: number
  /** For a receipt: the money received, and what of it waits in escrow. */
  readonly received: {
    readonly date: string
    readonly method: string
    readonly reference: string | null
    readonly amountCents: number
    readonly escrowCents: number
  } | null
}

export function composeContent(
  parts: Pick<
    DocumentContent,
    'serviceDate' | 'lines' | 'payments' | 'received' | 'adjustedCents' | 'withInsurersCents'
  >,
): DocumentContent {
  const totalCents = sumCents(parts.lines.map((line) => line.amountCents - line.discountCents))
  const paidCents = sumCents(parts.payments.map((payment) => payment.appliedCents))
  const others = (parts.adjustedCents ?? 0) + (parts.withInsurersCents ?? 0)
  return { ...parts, totalCents, paidCents, balanceCents: totalCents - paidCents - others }
}

/** An invoice is over its charges, a receipt over the money received. */
export function totalOf(content: DocumentContent): number {
  return content.received?.amountCents ?? content.totalCents
}

/** Who it is from and to: joined when it is looked at, because a patient's record may come after the session. */
export interface DocumentParties {
  readonly practiceName: string
  readonly letterhead: fields.Letterhead
  readonly patientName: string
  readonly addressLines: readonly string[]
  readonly providerName: string | null
}
