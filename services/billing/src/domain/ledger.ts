import { cents, sumCents } from './money.ts'

/**
 * The double-entry ledger. Debit is positive, credit negative. Each account belongs to a receipt or to a charge:
 *
 * | kind       | of      | normal side | holds                                                    |
 * |------------|---------|-------------|----------------------------------------------------------|
 * | cash       | receipt | debit       | money received                                           |
 * | escrow     | receipt | credit      | what of it is not yet applied (B-10)                     |
 * | disbursed  | receipt | credit      | what left escrow without touching A/R (B-11, issue 5)    |
 * | refunded   | receipt | credit      | what went back to the payer (B-13, issue 5)              |
 * | receivable | charge  | debit       | what is still owed                                       |
 * | revenue    | charge  | credit      | the gross charge                                         |
 * | discount   | charge  | debit       | the discount given on it                                 |
 */
export type AccountKind = 'cash' | 'escrow' | 'disbursed' | 'refunded' | 'receivable' | 'revenue' | 'discount'

export type JournalKind = 'receipt' | 'charge' | 'payment' | 'payment-removal' | 'charge-reversal'

export interface EntryDraft {
  readonly kind: AccountKind
  /** Id of the receipt or the charge, as the kind asks for. */
  readonly of: string
  readonly amountCents: number
}

export interface JournalDraft {
  readonly kind: JournalKind
  readonly entries: readonly EntryDraft[]
  /** The journal this one takes back. */
  readonly corrects?: string
}

export function isReceiptAccount(kind: AccountKind): boolean {
  return kind === 'cash' || kind === 'escrow' || kind === 'disbursed' || kind === 'refunded'
}

/** Money came in: all of it is in escrow until applied. */
export function receiptJournal(receiptId: string, amountCents: number): JournalDraft {
  return journal('receipt', [debit('cash', receiptId, amountCents), credit('escrow', receiptId, amountCents)])
}

/**
 * A charge is posted gross and its discount beside it, in one journal: A/R rises by the net amount only, and what was
 * given away stays visible. A charge of nothing moves no money and has no journal.
 */
export function chargeJournal(
  chargeId: string,
  charge: { readonly grossCents: number; readonly discountCents: number },
): JournalDraft | undefined {
  if (charge.grossCents === 0) return undefined
  return journal('charge', chargeEntries(chargeId, charge))
}

/** Takes a posted charge back, entry by entry. */
export function chargeReversal(
  chargeId: string,
  charge: { readonly grossCents: number; readonly discountCents: number; readonly journalId: string },
): JournalDraft {
  const entries = chargeEntries(chargeId, charge).map((entry) => ({
    ...entry,
    amountCents: -entry.amountCents,
  }))
  return journal('charge-reversal', entries, charge.journalId)
}

/** Escrow money pays a charge. One journal per application, so each can be taken back alone. */
export function paymentJournal(receiptId: string, chargeId: string, amountCents: number): JournalDraft {
  return journal('payment', [
    debit('escrow', receiptId, amountCents),
    credit('receivable', chargeId, amountCents),
  ])
}

/** The application goes back into escrow, and the charge is open again. */
export function paymentRemoval(
  receiptId: string,
  chargeId: string,
  payment: { readonly amountCents: number; readonly journalId: string },
): JournalDraft {
  return journal(
    'payment-removal',
    [debit('receivable', chargeId, payment.amountCents), credit('escrow', receiptId, payment.amountCents)],
    payment.journalId,
  )
}

function chargeEntries(
  chargeId: string,
  { grossCents, discountCents }: { grossCents: number; discountCents: number },
): EntryDraft[] {
  const net = grossCents - discountCents
  return [
    ...(net === 0 ? [] : [debit('receivable', chargeId, net)]),
    ...(discountCents === 0 ? [] : [debit('discount', chargeId, discountCents)]),
    credit('revenue', chargeId, grossCents),
  ]
}

function debit(kind: AccountKind, of: string, amountCents: number): EntryDraft {
  if (cents(amountCents) <= 0) throw new RangeError(`an entry of ${amountCents} cents moves nothing`)
  return { kind, of, amountCents }
}

function credit(kind: AccountKind, of: string, amountCents: number): EntryDraft {
  return { ...debit(kind, of, amountCents), amountCents: -amountCents }
}

/** The database checks the same at commit; here a fault is found with its stack. */
export function journal(kind: JournalKind, entries: readonly EntryDraft[], corrects?: string): JournalDraft {
  if (entries.length < 2) throw new Error('a journal has at least two entries')
  if (sumCents(entries.map((entry) => entry.amountCents)) !== 0)
    throw new Error('the entries of a journal must balance')
  return { kind, entries, ...(corrects === undefined ? {} : { corrects }) }
}
