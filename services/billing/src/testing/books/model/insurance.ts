import { PATIENT, type RemittanceLine, type StepOf } from '../steps.ts'
import {
  type Amounts,
  type Books,
  type ChargeState,
  changed,
  closedFor,
  holding,
  owedBy,
  owedCents,
  type PaymentPart,
  paying,
  plus,
  put,
  reasons,
  removeParts,
  type Standing,
  shareOf,
  standingOn,
  sum,
  type Taken,
} from './books.ts'
import { payCharges, takeOff } from './payments.ts'

/** An insurer's check, line by line (B-15). `made`: the payment. */
export function post(books: Books, step: StepOf<'post'>, made: string): Taken {
  const receipt = books.receipts.get(step.receiptId)!
  if (receipt.deleted) return ['receipt_deleted']
  if (receipt.kind !== 'insurer') return ['not_insurance']
  const payer = receipt.who
  const total = sum(step.lines.map((line) => line.paidCents))
  const refused = reasons(
    ...step.lines.flatMap((line) => refuseLine(books, payer, line)),
    total > receipt.escrowCents && 'over_escrow',
    closedFor(books, step.batchDate),
  )
  if (refused) return refused
  let after = changed(books, step.receiptId, paying(total))
  const parts: PaymentPart[] = []
  const freed: Standing[] = []
  const again = new Map<string, { chargeId: string; cents: number }[]>()
  for (const line of step.lines) {
    const surplus = meaning(books, payer, line).off - owedCents(books.charges.get(line.chargeId)!.holds)
    const own = surplus > 0 ? newest(freeable(books, line.chargeId), surplus) : []
    freed.push(...own)
    for (const { part } of own) after = holding(after, part.chargeId, part.did, -1)
    const part = settle(after, payer, line)
    after = holding(after, line.chargeId, part.did)
    parts.push(part)
    let left = sum(own.map((one) => one.part.cents)) - surplus
    for (const one of own.toReversed()) {
      const cents = Math.min(left, one.part.cents)
      left -= cents
      if (cents <= 0) continue
      const list = again.get(one.receiptId) ?? []
      const same = list.find(({ chargeId }) => chargeId === line.chargeId)
      if (same) same.cents += cents
      else list.push({ chargeId: line.chargeId, cents })
      again.set(one.receiptId, list)
    }
  }
  after = { ...after, payments: put(after.payments, made, { receiptId: step.receiptId, parts }) }
  after = takeFreed(after, freed)
  for (const [receiptId, list] of again)
    after = payCharges(after, receiptId, list, `again ${made} ${receiptId}`)
  return after
}

/** Each of the patient's payments goes back into escrow, as far as it is freed: one version of its receipt. */
function takeFreed(books: Books, freed: readonly Standing[]): Books {
  let after = books
  for (const paymentId of new Set(freed.map((one) => one.paymentId))) {
    const own = freed.filter((one) => one.paymentId === paymentId)
    after = changed(after, own[0]!.receiptId, paying(-sum(own.map((one) => one.part.cents))))
    after = removeParts(
      after,
      paymentId,
      own.map((one) => one.part.chargeId),
    )
  }
  return after
}

/** What the patient paid of what is owed to us; what they paid of an agency's part stays. */
const freeable = (books: Books, chargeId: string) =>
  standingOn(books, chargeId).filter(
    ({ receipt, part }) => receipt.kind === 'patient' && part.did.agency === undefined,
  )

function newest(standing: readonly Standing[], cents: number): Standing[] {
  let left = cents
  return standing.toReversed().filter(({ part }) => {
    if (left <= 0) return false
    left -= part.cents
    return true
  })
}

/** What a line takes off what is owed, and what it leaves to others. */
function meaning({ coverages }: Books, payer: string, { adjustments, paidCents, postAs }: RemittanceLine) {
  const secondary = postAs ? postAs === 'secondary' : coverages.payers.indexOf(payer) > 0
  const moving = adjustments.filter(({ group, reason, note }) => {
    const code = `${group}-${reason}`
    return !(note ?? (code === 'OA-23' || (secondary && code === 'CO-45')))
  })
  const off = moving.filter(({ group }) => group !== 'PR')
  return {
    off: paidCents + sum(off.map((one) => one.amountCents)),
    on: sum(moving.filter(({ group }) => group === 'PR').map((one) => one.amountCents)),
    codes: off.reduce<Amounts>(
      (all, { group, reason, amountCents }) => plus(all, { [`off ${group}-${reason}`]: amountCents }),
      {},
    ),
  }
}

function refuseLine(books: Books, payer: string, line: RemittanceLine): (string | false)[] {
  const charge = books.charges.get(line.chargeId)!
  if (charge.reversed) return ['charge_reversed']
  const { paidCents, nextPayer, expectedBalanceCents, adjustments } = line
  const { off } = meaning(books, payer, line)
  const owed = owedCents(charge.holds)
  const stated = paidCents + sum(adjustments.map((one) => one.amountCents))
  const paid = sum(
    standingOn(books, line.chargeId).flatMap(({ receipt, part }) =>
      receipt.who === payer ? part.cents : [],
    ),
  )
  const free = line.freePatientMoney ? sum(freeable(books, line.chargeId).map(({ part }) => part.cents)) : 0
  return [
    expectedBalanceCents !== undefined && expectedBalanceCents !== owed && 'stale_line',
    nextPayer !== undefined &&
      ![PATIENT, payer, ...books.coverages.payers].includes(nextPayer) &&
      'not_covered',
    -paidCents > paid && 'over_take_back',
    (stated > charge.grossCents || owed - off + (charge.holds.agency ?? 0) > netCents(charge)) &&
      'over_charge',
    off - owed > free && 'over_balance',
  ]
}

const netCents = (charge: ChargeState) => charge.grossCents - charge.discountCents

function settle(books: Books, payer: string, line: RemittanceLine): PaymentPart {
  const { off, on, codes } = meaning(books, payer, line)
  const charge = books.charges.get(line.chargeId)!
  let holds = charge.holds
  let moved: Amounts = {}
  const move = (who: string, cents: number) => {
    if (cents === 0 || who === payer) return
    holds = plus(holds, { [owedBy(payer)]: -cents, [owedBy(who)]: cents })
    moved = plus(moved, { [who]: cents })
  }
  if (on < 0) for (const [who, cents] of backFrom(books, payer, line.chargeId, -on)) move(who, -cents)
  holds = plus(holds, off < 0 ? { [owedBy(payer)]: -off } : takeOff(holds, off, payer))
  if (on > 0) move(nextOwing(books, payer, line), Math.min(on, shareOf(holds, payer)))
  return {
    chargeId: line.chargeId,
    cents: line.paidCents,
    did: plus(plus(holds, charge.holds, -1), codes),
    moved,
    statedCents: sum(line.adjustments.map((one) => one.amountCents)),
    turn: charge.turns,
    removed: false,
  }
}

/** From those to whom this payer had moved it, the first of them first, as far as they still owe it. */
function backFrom(books: Books, payer: string, chargeId: string, cents: number): [string, number][] {
  const own = standingOn(books, chargeId).filter(({ receipt }) => receipt.who === payer)
  const names = [...new Set(own.flatMap(({ part }) => Object.keys(part.moved)))]
  const { holds } = books.charges.get(chargeId)!
  let left = cents
  return names.map((who) => {
    const had = sum(own.map(({ part }) => part.moved[who] ?? 0))
    const back = Math.max(0, Math.min(left, had, shareOf(holds, who)))
    left -= back
    return [who, back]
  })
}

/** The next coverage that has not answered for the charge yet, else the patient. */
function nextOwing({ coverages, ...books }: Books, payer: string, line: RemittanceLine): string {
  if (line.nextPayer !== undefined) return line.nextPayer
  const decided = standingOn({ coverages, ...books }, line.chargeId).map(({ receipt }) => receipt.who)
  const later = coverages.payers.slice(coverages.payers.indexOf(payer) + 1)
  return later.find((other) => other !== payer && !decided.includes(other)) ?? PATIENT
}
