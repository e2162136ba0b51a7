import { PATIENT, type StepOf } from '../steps.ts'
import {
  type Books,
  closedFor,
  holding,
  owedBy,
  owedCents,
  owing,
  put,
  reasons,
  shareOf,
  type Taken,
} from './books.ts'

export function transfer(books: Books, step: StepOf<'transfer'>): Taken {
  const { from, to } = step
  const refused = reasons(
    from === to && 'same_payer',
    ...step.charges.flatMap(({ chargeId, cents, expectedBalanceCents }) => {
      const { holds, reversed } = books.charges.get(chargeId)!
      if (reversed) return ['charge_reversed']
      const share = shareOf(holds, from)
      return [
        to !== PATIENT && !books.coverages.payers.includes(to) && 'not_covered',
        expectedBalanceCents !== undefined && expectedBalanceCents !== owedCents(holds) && 'stale_line',
        (share === 0 || (cents ?? 0) > share) && 'over_share',
      ]
    }),
    closedFor(books, step.batchDate),
  )
  if (refused) return refused
  return step.charges.reduce((after, { chargeId, cents }) => {
    const moved = cents ?? shareOf(after.charges.get(chargeId)!.holds, from)
    return holding(after, chargeId, { [owedBy(from)]: -moved, [owedBy(to)]: moved })
  }, books)
}

export function writeOff(books: Books, step: StepOf<'write-off'>, made: string): Taken {
  const { chargeId, cents, group } = step
  const { holds, reversed } = books.charges.get(chargeId)!
  if (reversed) return ['charge_reversed']
  const debtors = owing(holds)
  const from = step.from ?? debtors[0] ?? PATIENT
  const refused = reasons(
    group === 'PR' && 'patient_responsibility',
    step.from === undefined && debtors.length > 1 && 'several_owe',
    cents > shareOf(holds, from) && 'over_share',
    closedFor(books, step.batchDate),
  )
  if (refused) return refused
  const did = { [owedBy(from)]: -cents, 'off CO-45': cents }
  const after = holding(books, chargeId, did)
  return { ...after, writeOffs: put(after.writeOffs, made, { chargeId, did, undone: false }) }
}

export function undoWriteOff(books: Books, step: StepOf<'undo-write-off'>): Taken {
  const was = books.writeOffs.get(step.writeOffId)!
  const refused = was.undone ? ['undone'] : reasons(closedFor(books, step.batchDate))
  if (refused) return refused
  const after = holding(books, was.chargeId, was.did, -1)
  return { ...after, writeOffs: put(after.writeOffs, step.writeOffId, { ...was, undone: true }) }
}

export function cover(books: Books, { version, payers }: StepOf<'cover'>): Taken {
  if (version !== books.coverages.version) return ['stale']
  return { ...books, coverages: { version: version + 1, payers } }
}
