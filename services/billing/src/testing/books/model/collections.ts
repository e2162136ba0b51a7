import { PATIENT, type StepOf } from '../steps.ts'
import {
  type Books,
  closedFor,
  holding,
  liveCharges,
  owedBy,
  put,
  reasons,
  shareOf,
  type Taken,
} from './books.ts'

export function send(books: Books, step: StepOf<'send'>): Taken {
  const agency = books.agencies.get(step.agencyId)!
  const live = liveCharges(books, step.bill)
  const named = step.chargeIds?.map((id) => live.find(([chargeId]) => chargeId === id))
  const sent = (named ?? live).flatMap((one) => {
    if (!one) return []
    const cents = shareOf(one[1].holds, PATIENT)
    return one[1].placed || cents === 0 ? [] : [{ chargeId: one[0], cents }]
  })
  const refused = reasons(
    !agency.active && 'agency_retired',
    named?.includes(undefined) && 'unknown_charge',
    named?.some((one) => one?.[1].placed) && 'in_collections',
    (sent.length === 0 || (named && sent.length < named.length)) && 'nothing_owed',
    closedFor(books, step.batchDate),
  )
  if (refused) return refused
  return sent.reduce((after, { chargeId, cents }) => {
    const moved = holding(after, chargeId, { [owedBy(PATIENT)]: -cents, agency: cents })
    const placed = { agencyId: step.agencyId, basisPoints: agency.basisPoints }
    const charge = { ...moved.charges.get(chargeId)!, placed }
    return { ...moved, charges: put(moved.charges, chargeId, charge) }
  }, books)
}

export function recall(books: Books, step: StepOf<'recall'>): Taken {
  const live = liveCharges(books, step.bill)
  const named = step.chargeIds?.map((id) => live.find(([chargeId]) => chargeId === id))
  const back = (named ?? live).flatMap((one) => (one?.[1].placed ? [one[0]] : []))
  const refused = reasons(
    named?.includes(undefined) && 'unknown_charge',
    (back.length === 0 || (named && back.length < named.length)) && 'not_in_collections',
    closedFor(books, step.batchDate),
  )
  if (refused) return refused
  return back.reduce((after, chargeId) => {
    const cents = after.charges.get(chargeId)!.holds.agency ?? 0
    const moved = holding(after, chargeId, { agency: -cents, [owedBy(PATIENT)]: cents })
    const { placed: _, ...charge } = moved.charges.get(chargeId)!
    return { ...moved, charges: put(moved.charges, chargeId, charge) }
  }, books)
}

/** Concerns what is sent out from now on. */
export function rate(books: Books, { agencyId, version, basisPoints, active }: StepOf<'rate'>): Taken {
  if (version !== books.agencies.get(agencyId)!.version) return ['stale']
  return { ...books, agencies: put(books.agencies, agencyId, { version: version + 1, basisPoints, active }) }
}
