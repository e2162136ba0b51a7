import type { DrawnOf } from './draw.ts'
import { type Books, owedCents, type ReceiptState, type Standing, standingOn, sum } from './model/books.ts'
import type { Names } from './name.ts'
import { type Adjustment, PATIENT, type RemittanceLine } from './steps.ts'

type DrawnLine = DrawnOf<'post'>['lines'][number]

const pick = <One>(list: readonly One[], index: number): One => list[index % list.length]!

/** `CO-16:5000!`, with `!` where it is a note. */
function parsed(text: string): Adjustment {
  const [, group, reason, cents, note] = /^([A-Z]{2})-([0-9]+):(-?\d+)(!?)$/.exec(text)!
  const adjustment = { group: group as Adjustment['group'], reason: reason!, amountCents: Number(cents) }
  return note ? { ...adjustment, note: true } : adjustment
}

/** What an insurer's check says of charges, from what is drawn. */
export function remittanceLines(
  books: Books,
  { payers }: Names,
  { who }: ReceiptState,
  drawn: readonly DrawnLine[],
): RemittanceLine[] {
  const all = [...books.charges]
  const live = all.filter(([, charge]) => !charge.reversed)
  const from = live.length > 0 ? live : all
  const own = standingOn(books, ...from.map(([id]) => id)).filter(({ receipt }) => receipt.who === who)
  return drawn.map((line) => {
    const back = line.back && own.length > 0 ? pick(own, line.charge) : undefined
    const [chargeId, { holds, grossCents }] = back
      ? from.find(([id]) => id === back.part.chargeId)!
      : pick(from, line.charge)
    return {
      chargeId,
      ...(back ? takenBack(back, line) : said(line, owedCents(holds) || grossCents)),
      ...(line.as && { postAs: line.as as 'primary' | 'secondary' }),
      ...(line.next < 0 ? {} : { nextPayer: [PATIENT, ...payers][line.next]! }),
      ...(line.looked && { expectedBalanceCents: owedCents(holds) }),
      ...(line.free && { freePatientMoney: true }),
    }
  })
}

function said({ paid, contract, responsibility, cent, more }: DrawnLine, cents: number) {
  const quarters = (count: number) => Math.floor((count * cents) / 4)
  const adjustments = [
    ...(contract > 0 ? [`CO-45:${quarters(contract) || 1}`] : []),
    ...(responsibility > 0 ? [`PR-2:${quarters(responsibility) || 1}`] : []),
    ...(more ? [more] : []),
  ].map(parsed)
  return { paidCents: Math.max(0, quarters(paid) + cent), adjustments }
}

function takenBack({ part }: Standing, { back, paid }: DrawnLine) {
  if (back === 'part')
    return { paidCents: -Math.max(1, Math.floor((part.cents * paid) / 4)), adjustments: [] }
  const off = Object.entries(part.did).flatMap(([name, cents]) =>
    name.startsWith('off ') ? [parsed(`${name.slice('off '.length)}:${-cents}`)] : [],
  )
  const moved = sum(Object.values(part.moved))
  const on = moved > 0 ? [parsed(`PR-2:${-moved}`)] : []
  return { paidCents: -Math.max(part.cents, 0), adjustments: [...off, ...on] }
}
