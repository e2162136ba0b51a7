import { DAYS, type Drawn, type DrawnOf } from './draw.ts'
import {
  type Books,
  type ChargeState,
  liveCharges,
  owedCents,
  owing,
  type ReceiptState,
  shareOf,
  standingOn,
} from './model/books.ts'
import { remittanceLines } from './name-lines.ts'
import { PATIENT, type PayerKind, type Step, type StepOf } from './steps.ts'

/** What the steps of a practice name beside the records that they make. */
export interface Names {
  readonly patientId: string
  readonly batches: readonly string[]
  readonly payers: readonly string[]
  readonly agencies: readonly string[]
}

/** Who asks: the last of the users may not return payments. */
export interface Asker {
  readonly mayReturn: boolean
}

export const pick = <One>(list: readonly One[], index: number): One => list[index % list.length]!

/** One that fits, where there is one. */
function pickThat<One>(
  list: readonly One[],
  { index, stray }: { readonly index: number; readonly stray: boolean },
  fits: (one: One) => boolean,
): One {
  const fitting = stray ? [] : list.filter(fits)
  return pick(fitting.length > 0 ? fitting : list, index)
}

type Playable = Exclude<Drawn, { do: 'repeat' }>
const dated = (drawn: { readonly day: number }) =>
  drawn.day >= 0 ? { batchDate: DAYS[drawn.day]! as string } : {}

/** With the ids of records that are there; undefined where there is none to name. */
export function named(books: Books, names: Names, drawn: Playable, asker: Asker): Step | undefined {
  const bills = [...books.bills.keys()]
  switch (drawn.do) {
    case 'receive':
      return received(names, bills, drawn)
    case 'apply':
      return applied(books, names, drawn)
    case 'post':
      return posted(books, names, drawn)
    case 'remove': {
      if (books.payments.size === 0) return undefined
      const { payment: index, stray } = drawn
      const [paymentId, payment] = pickThat([...books.payments], { index, stray }, ([, { parts }]) =>
        parts.some((part) => !part.removed),
      )
      const part = drawn.part < 0 ? {} : { chargeId: pick(payment.parts, drawn.part).chargeId }
      return { do: 'remove', paymentId, ...part, ...dated(drawn) }
    }
    case 'spend': {
      const found = someReceipt(books, drawn.receipt)
      if (!found) return undefined
      const cents = drawn.cents || found[1].escrowCents || 1
      return { do: 'spend', kind: drawn.kind, receiptId: found[0], cents, ...dated(drawn) }
    }
    case 'undo': {
      if (books.outflows.size === 0) return undefined
      const [outflowId, { kind }] = pick([...books.outflows], drawn.outflow)
      return { do: 'undo', kind, outflowId, ...dated(drawn) }
    }
    case 'modify': {
      const found = someReceipt(books, drawn.receipt)
      if (!found) return undefined
      const [receiptId, { kind, who, version }] = found
      return { do: 'modify', receiptId, kind, who, version, cents: drawn.cents, ...dated(drawn) }
    }
    case 'delete': {
      const found = someReceipt(books, drawn.receipt)
      return found && { do: 'delete', receiptId: found[0] }
    }
    case 'transfer':
      return transferred(books, names, drawn)
    case 'write-off':
      return writtenOff(books, names, drawn)
    case 'undo-write-off':
      if (books.writeOffs.size === 0) return undefined
      return {
        do: 'undo-write-off',
        writeOffId: pick([...books.writeOffs.keys()], drawn.writeOff),
        ...dated(drawn),
      }
    case 'cover': {
      const [first, second] = names.payers as [string, string]
      const payers = [[first, second], [second, first], [first], [second], []][drawn.order]!
      return { do: 'cover', version: books.coverages.version, payers }
    }
    case 'rate': {
      const agencyId = names.agencies[drawn.agency]!
      const { version } = books.agencies.get(agencyId)!
      return { do: 'rate', agencyId, version, basisPoints: drawn.basisPoints, active: !drawn.retired }
    }
    case 'close':
      return { do: 'close', endsOn: DAYS[drawn.day]! }
    case 'reopen':
      return books.closings.length === 0
        ? undefined
        : { do: 'reopen', closingId: pick(books.closings, drawn.closing).id }
    default:
      return aboutBill(books, names, drawn, asker)
  }
}

function aboutBill(
  books: Books,
  { agencies }: Names,
  drawn: DrawnOf<'send' | 'recall' | 'sign' | 'reverse' | 'cancel'>,
  { mayReturn }: Asker,
): Step {
  const { bill: index, stray } = drawn
  const billThat = (fits: (bill: string) => boolean) =>
    pickThat([...books.bills.keys()], { index, stray }, fits)
  const withCharge = (fits: (charge: ChargeState) => boolean) =>
    billThat((bill) => liveCharges(books, bill).some(([, charge]) => fits(charge)))
  const chargesOf = (bill: string, index: number) => {
    const ids = (stray ? [...books.charges] : liveCharges(books, bill)).map(([id]) => id)
    return index < 0 || ids.length === 0 ? {} : { chargeIds: [pick(ids, index)] }
  }
  switch (drawn.do) {
    case 'send': {
      const bill = withCharge(({ holds, placed }) => !placed && shareOf(holds, PATIENT) > 0)
      const agencyId = agencies[drawn.agency]!
      return { do: 'send', bill, agencyId, ...chargesOf(bill, drawn.charge), ...dated(drawn) }
    }
    case 'recall': {
      const bill = withCharge(({ placed }) => placed !== undefined)
      return { do: 'recall', bill, ...chargesOf(bill, drawn.charge), ...dated(drawn) }
    }
    case 'sign': {
      const bill = billThat((one) => books.bills.get(one)!.status === 'unsigned')
      const billTo = ([undefined, 'patient', 'insurance'] as const)[drawn.to]
      return { do: 'sign', bill, ...(billTo && { billTo }), ...dated(drawn) }
    }
    case 'reverse': {
      const { returnPayments } = drawn
      const paid = (bill: string) =>
        standingOn(books, ...liveCharges(books, bill).map(([id]) => id)).length > 0
      const bill = billThat(
        (one) => liveCharges(books, one).some(([, { placed }]) => !placed) && returnPayments === paid(one),
      )
      return { do: 'reverse', bill, returnPayments, mayReturn, ...dated(drawn) }
    }
    case 'cancel':
      return { do: 'cancel', bill: withCharge(() => true) }
  }
}

function someReceipt(books: Books, index: number, kind?: PayerKind): [string, ReceiptState] | undefined {
  const found = [...books.receipts].filter(([, one]) => kind === undefined || one.kind === kind)
  if (found.length === 0) return undefined
  return pickThat(found, { index, stray: index % 4 === 0 }, ([, one]) => one.escrowCents > 0)
}

function received(
  { payers, agencies }: Names,
  bills: readonly string[],
  drawn: Pick<DrawnOf<'receive'>, 'cents' | 'bill' | 'day'> & { readonly giver: number },
): StepOf<'receive'> {
  const kind = drawn.giver === 0 ? PATIENT : drawn.giver <= payers.length ? 'insurer' : 'agency'
  const who = [PATIENT, ...payers, ...agencies][drawn.giver]!
  // Only an insurer sends a remittance of nothing.
  const cents = drawn.cents || (kind === 'insurer' ? 0 : 10_000)
  const visit = kind === PATIENT && drawn.bill >= 0 ? { bill: pick(bills, drawn.bill) } : {}
  return { do: 'receive', kind, who, cents, ...visit, ...dated(drawn) }
}

function applied(books: Books, names: Names, drawn: DrawnOf<'apply'>): Step {
  const all = [...books.charges]
  const out = drawn.receipt % 3 === 0 && all.find(([, { placed }]) => placed)?.[1].placed
  const found = someReceipt(books, drawn.receipt, out ? 'agency' : undefined)
  const giver = out ? 1 + names.payers.length + names.agencies.indexOf(out.agencyId) : drawn.receipt % 5
  // Nothing to apply yet: it comes first.
  if (!found) return received(names, [], { giver, cents: 0, bill: -1, day: drawn.day })
  const [receiptId, receipt] = found
  const fitting = all.filter(([, { reversed, placed }]) =>
    receipt.kind === 'agency' ? placed?.agencyId === receipt.who : !reversed,
  )
  const from = drawn.stray || fitting.length === 0 ? all : fitting
  const parts = drawn.parts.map(({ charge, cents, fee }) => {
    const [chargeId, { holds, placed }] = pick(from, charge)
    const rest =
      receipt.kind === 'agency'
        ? Math.floor(((holds.agency ?? 0) * (10_000 - (placed?.basisPoints ?? 0))) / 10_000)
        : owedCents(holds) + (holds.agency ?? 0)
    return { chargeId, cents: cents || rest || 1, ...(fee < 0 ? {} : { feeCents: fee }) }
  })
  return { do: 'apply', receiptId, parts: onceEach(parts), ...dated(drawn) }
}

function posted(books: Books, names: Names, drawn: DrawnOf<'post'>): Step {
  const found = someReceipt(books, drawn.receipt, drawn.stray ? undefined : 'insurer')
  if (!found) {
    const giver = 1 + (drawn.receipt % names.payers.length)
    return received(names, [], { giver, cents: 10_000, bill: -1, day: drawn.day })
  }
  const lines = onceEach(remittanceLines(books, names, found[1], drawn.lines))
  return { do: 'post', receiptId: found[0], lines, ...dated(drawn) }
}

function transferred(books: Books, names: Names, drawn: DrawnOf<'transfer'>): Step {
  const { stray } = drawn
  const owed = (index: number) =>
    pickThat([...books.charges], { index, stray }, ([, charge]) => owedCents(charge.holds) > 0)
  const debtors = owing(owed(drawn.charges[0]!.charge)[1].holds)
  const from = debtors.length > 0 ? pick(debtors, drawn.from) : PATIENT
  const charges = drawn.charges.map(({ charge, cents }) => {
    const [chargeId, { holds }] = owed(charge)
    return { chargeId, cents: cents || null, ...(drawn.looked && { expectedBalanceCents: owedCents(holds) }) }
  })
  const to = pickThat([PATIENT, ...names.payers], { index: drawn.to, stray }, (who) => who !== from)
  return { do: 'transfer', from, to, charges: onceEach(charges), ...dated(drawn) }
}

function writtenOff(books: Books, names: Names, drawn: DrawnOf<'write-off'>): Step {
  const { charge: index, stray } = drawn
  const [chargeId, { holds }] = pickThat(
    [...books.charges],
    { index, stray },
    ([, charge]) => owedCents(charge.holds) > 0,
  )
  const who = [PATIENT, ...names.payers]
  const from =
    drawn.from < 0
      ? {}
      : { from: pickThat(who, { index: drawn.from, stray }, (one) => shareOf(holds, one) > 0) }
  const cents = drawn.cents || owedCents(holds) || 1
  const group = stray && index % 2 === 0 ? 'PR' : 'CO'
  return { do: 'write-off', chargeId, ...from, cents, group, ...dated(drawn) }
}

function onceEach<One extends { readonly chargeId: string }>(parts: readonly One[]): One[] {
  return parts.filter(
    (part, index) => parts.findIndex(({ chargeId }) => chargeId === part.chargeId) === index,
  )
}
