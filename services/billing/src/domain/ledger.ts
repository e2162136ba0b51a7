import { cents, sumCents } from './money.ts'

/**
 * The double-entry ledger. Debit is positive, credit negative. Each account belongs to a receipt or to a charge:
 *
 * | kind           | of      | and of                 | normal side | holds                                                  |
 * |----------------|---------|------------------------|-------------|--------------------------------------------------------|
 * | cash           | receipt |                        | debit       | money received; cash by deposit is its sum over a date |
 * | escrow         | receipt |                        | credit      | what of it is not yet applied (B-10)                   |
 * | disbursed      | receipt | code and other system  | credit      | what left escrow without touching A/R (B-11)           |
 * | refunded       | receipt |                        | credit      | what went back to the payer (B-13)                     |
 * | receivable     | charge  | payer; none: patient   | debit       | what that payer still owes                             |
 * | revenue        | charge  |                        | credit      | the gross charge                                       |
 * | discount       | charge  |                        | debit       | the discount given on it                               |
 * | adjustment     | charge  | group and reason code  | either      | what a payer's contract or denial took off (B-15)      |
 * | collections    | charge  |                        | debit       | what an agency collects (B-13)                         |
 * | collection-fee | charge  |                        | debit       | what the agency kept                                   |
 */
export type AccountKind =
  | 'cash'
  | 'escrow'
  | 'disbursed'
  | 'refunded'
  | 'receivable'
  | 'revenue'
  | 'discount'
  | 'adjustment'
  | 'collections'
  | 'collection-fee'

/** Those that stand alone, and those that take back exactly one of them, entry by entry. */
export type PostedKind =
  | 'receipt'
  | 'charge'
  | 'payment'
  | 'disbursement'
  | 'refund'
  | 'transfer'
  | 'adjustment'
  | 'collection'
  | 'collection-return'
export type CorrectionKind =
  | 'receipt-reversal'
  | 'charge-reversal'
  | 'payment-removal'
  | 'disbursement-undo'
  | 'refund-undo'
  | 'adjustment-undo'

export interface AccountName {
  readonly kind: AccountKind
  /** Id of the receipt or the charge, as the kind asks for. */
  readonly of: string
  /** receivable: who owes it; left out, the patient. */
  readonly payerId?: string | null
  /** disbursed: the disbursement code; adjustment: `CO-45`. */
  readonly code?: string
  /** disbursed: the system that posts the money. */
  readonly system?: string | null
}

export interface EntryDraft extends AccountName {
  readonly amountCents: number
}

export interface JournalDraft {
  readonly kind: PostedKind
  readonly entries: readonly EntryDraft[]
}

export function isReceiptAccount(kind: AccountKind): boolean {
  return kind === 'cash' || kind === 'escrow' || kind === 'disbursed' || kind === 'refunded'
}

/** Money came in: all of it is in escrow until applied. */
export function receiptJournal(receiptId: string, amountCents: number): JournalDraft {
  return journal('receipt', [
    debit({ kind: 'cash', of: receiptId }, amountCents),
    credit({ kind: 'escrow', of: receiptId }, amountCents),
  ])
}

/**
 * A charge is posted gross and its discount beside it, in one journal: A/R rises by the net amount only, and what was
 * given away stays visible. A charge of nothing moves no money and has no journal. `payerId`: who owes it first.
 */
export function chargeJournal(
  chargeId: string,
  {
    grossCents,
    discountCents,
    payerId = null,
  }: { readonly grossCents: number; readonly discountCents: number; readonly payerId?: string | null },
): JournalDraft | undefined {
  if (grossCents === 0) return undefined
  const net = grossCents - discountCents
  return journal('charge', [
    ...(net === 0 ? [] : [debit({ kind: 'receivable', of: chargeId, payerId }, net)]),
    ...(discountCents === 0 ? [] : [debit({ kind: 'discount', of: chargeId }, discountCents)]),
    credit({ kind: 'revenue', of: chargeId }, grossCents),
  ])
}

/** The patient's share of a charge goes to an agency (B-13): it is no longer what the patient owes us, and still an asset. */
export function collectionJournal(chargeId: string, amountCents: number): JournalDraft {
  return journal('collection', [
    debit({ kind: 'collections', of: chargeId }, amountCents),
    credit({ kind: 'receivable', of: chargeId, payerId: null }, amountCents),
  ])
}

/** What the agency did not collect is the patient's again. */
export function collectionReturnJournal(chargeId: string, amountCents: number): JournalDraft {
  return journal('collection-return', [
    debit({ kind: 'receivable', of: chargeId, payerId: null }, amountCents),
    credit({ kind: 'collections', of: chargeId }, amountCents),
  ])
}

/** An agency's money (B-13): what it collected of the charge is what it paid to us and the fee that it kept. */
export function agencyPaymentJournal(
  receiptId: string,
  chargeId: string,
  { amountCents, feeCents }: { readonly amountCents: number; readonly feeCents: number },
): JournalDraft {
  return journal('payment', [
    debit({ kind: 'escrow', of: receiptId }, amountCents),
    ...(feeCents === 0 ? [] : [debit({ kind: 'collection-fee', of: chargeId }, feeCents)]),
    credit({ kind: 'collections', of: chargeId }, cents(amountCents + feeCents)),
  ])
}

/** What one payer, or the patient (`payerId` null), owes of a charge. */
export interface Share {
  readonly payerId: string | null
  readonly balanceCents: number
}

/**
 * Escrow money pays a charge: one journal per application, so each can be taken back alone. It is taken off what the payer of
 * the receipt owes, then off what others owe, the patient first: a copay also pays a charge that is with the insurer. What goes
 * beyond all that pays what an agency is collecting.
 */
export function paymentJournal(
  receiptId: string,
  charge: { readonly chargeId: string; readonly shares: readonly Share[] },
  amountCents: number,
  payerId: string | null = null,
): JournalDraft {
  const { chargeId, shares } = charge
  const owed = Math.min(amountCents, sumCents(shares.map((share) => share.balanceCents)))
  return journal('payment', [
    debit({ kind: 'escrow', of: receiptId }, amountCents),
    ...takeOff(shares, owed, payerId).map((share) =>
      credit({ kind: 'receivable', of: chargeId, payerId: share.payerId }, share.amountCents),
    ),
    ...(owed === amountCents ? [] : [credit({ kind: 'collections', of: chargeId }, amountCents - owed)]),
  ])
}

/** Whose share of a charge an amount is taken off: the payer's own first, then the patient's, then the others'. */
export function takeOff(
  shares: readonly Share[],
  amountCents: number,
  payerId: string | null,
): { payerId: string | null; amountCents: number }[] {
  const rank = (share: Share) => (share.payerId === payerId ? 0 : share.payerId === null ? 1 : 2)
  let left = amountCents
  const taken = shares
    .toSorted((one, other) => rank(one) - rank(other))
    .flatMap((share) => {
      const part = Math.min(left, share.balanceCents)
      if (part <= 0) return []
      left -= part
      return [{ payerId: share.payerId, amountCents: part }]
    })
  if (left > 0) throw new RangeError(`${amountCents} cents are ${left} more than is owed`)
  return taken
}

/** Money leaves escrow for another system, an error, a capitation plan or nowhere; A/R never moves (B-11). */
export function disbursementJournal(
  receiptId: string,
  {
    code,
    system,
    amountCents,
  }: { readonly code: string; readonly system: string | null; readonly amountCents: number },
): JournalDraft {
  return journal('disbursement', [
    debit({ kind: 'escrow', of: receiptId }, amountCents),
    credit({ kind: 'disbursed', of: receiptId, code, system }, amountCents),
  ])
}

/** Escrow money goes back to who paid it (B-13). */
export function refundJournal(receiptId: string, amountCents: number): JournalDraft {
  return journal('refund', [
    debit({ kind: 'escrow', of: receiptId }, amountCents),
    credit({ kind: 'refunded', of: receiptId }, amountCents),
  ])
}

export function debit(account: AccountName, amountCents: number): EntryDraft {
  if (cents(amountCents) <= 0) throw new RangeError(`an entry of ${amountCents} cents moves nothing`)
  return { ...account, amountCents }
}

export function credit(account: AccountName, amountCents: number): EntryDraft {
  return { ...account, amountCents: -debit(account, amountCents).amountCents }
}

/** The database checks the same; here a fault is found with its stack. */
export function journal(kind: PostedKind, entries: readonly EntryDraft[]): JournalDraft {
  if (entries.length < 2) throw new Error('a journal has at least two entries')
  if (sumCents(entries.map((entry) => entry.amountCents)) !== 0)
    throw new Error('the entries of a journal must balance')
  return { kind, entries }
}
