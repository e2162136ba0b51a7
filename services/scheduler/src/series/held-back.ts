import { type CommandContext, isRefusal, type Refusal } from '@praxisbus/runtime'
import type { PracticeAnswer } from '../answers.ts'
import type { LockedRecord } from '../appointment-rows.ts'
import { hasBegun } from '../appointment-view.ts'
import { isCalledOff } from '../domain/gone.ts'
import type { VisitState } from '../domain/in-the-way.ts'
import type { Peers } from '../visit-state.ts'

/** Why an occurrence stays as it is; `refusal` where a bill, a payment or a note stands in the way. */
export interface Held {
  readonly codes: readonly string[]
  readonly refusal?: Refusal<BlockerCode>
}
export type BlockerCode =
  | 'payment_applied'
  | 'money_in_escrow'
  | 'bill_open'
  | 'note_signed'
  | 'billing_catching_up'
type Decide = (state: VisitState) => Refusal<BlockerCode> | undefined

/** A single appointment that has not begun has nothing on its way to billing; nor have these. */
const NOTHING_UNDERWAY = { sessionSent: false, feeSent: false, receiptsExpected: 0, receiptsSeen: 0 }

/**
 * Of the occurrences from one on, those that stay as they are (S-14): past, completed, checked in, called off, or with
 * something in the way that billing and the EHR tell of, who are asked once for all.
 */
export async function heldBack(
  ctx: CommandContext,
  rows: readonly LockedRecord[],
  decide: Decide | undefined,
  { products }: PracticeAnswer,
  { billing, ehr }: Peers,
): Promise<ReadonlyMap<string, Held> | Refusal<'peer_refused'>> {
  const held = new Map<string, Held>()
  for (const row of rows) {
    if (isCalledOff(row.status)) held.set(row.appointmentId, { codes: [row.status] })
    else if (row.status === 'completed') held.set(row.appointmentId, { codes: ['already_completed'] })
    else if (row.status === 'checked-in') held.set(row.appointmentId, { codes: ['already_checked_in'] })
    else if (hasBegun(row, ctx.now)) held.set(row.appointmentId, { codes: ['already_begun'] })
  }
  const open = rows.filter((row) => row.patientId !== null && !held.has(row.appointmentId))
  const ids = open.map(({ appointmentId }) => appointmentId)
  if (!decide || ids.length === 0) return held
  const [money, notes] = await Promise.all([
    products.billing ? billing.visitsMoney(ctx.principal, ids) : undefined,
    products.ehr ? ehr.visitsNotes(ctx.principal, ids) : undefined,
  ])
  if (isRefusal(money)) return money
  if (isRefusal(notes)) return notes
  ids.forEach((id, index) => {
    const refusal = decide({
      money: money?.[index],
      notes: notes?.get(id) ?? [],
      underway: NOTHING_UNDERWAY,
    })
    if (refusal) held.set(id, { codes: refusal.extra!.blockers as string[], refusal })
  })
  return held
}
