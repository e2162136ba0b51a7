import { isDeepStrictEqual } from 'node:util'
import { type CommandContext, isRefusal, staleWrite } from '@praxisbus/runtime'
import type { PracticeAnswer } from '../answers.ts'
import { changedRecord } from '../appointment-changes.ts'
import { tellChanged } from '../appointment-facts.ts'
import { type LockedRecord, lockRecords, replaceAppointments } from '../appointment-rows.ts'
import { findAppointment, hasBegun } from '../appointment-view.ts'
import { reallyAsked } from '../asked-change.ts'
import { type Change, type ChangeInput, mayChange, mayMoveTo, partsOf } from '../domain/change.ts'
import { decideChange } from '../domain/in-the-way.ts'
import { keptInGoogle } from '../google/kept-there.ts'
import { notFound } from '../lookups.ts'
import { planReminders } from '../messages/plan.ts'
import { overlapWarnings } from '../overlaps.ts'
import { lockSeriesOf } from '../series/rows.ts'
import { askAround, type Peers } from '../visit-state.ts'
import { freeWhatWasLeft } from '../waitlist/freed.ts'
import { changeSeries } from './change-series.ts'

type Input = ChangeInput & { readonly appointmentId: string }

/**
 * S-14: changes an appointment; what the input leaves out stays. Once it has begun, billing and the EHR are asked what stands
 * in the way, with the appointment locked (S-16). A change that leaves everything as it is tells nothing. Refuses `not_found`,
 * `stale`, what domain/change.ts and domain/in-the-way.ts say, and what scheduling refuses.
 */
export function changeAppointment(peers: Peers) {
  return async (
    ctx: CommandContext,
    { appointmentId, scope, plan, recurrence, ...sent }: Input,
    practice: PracticeAnswer,
  ) => {
    if (scope === 'this-and-future') await lockSeriesOf(ctx.tx, appointmentId)
    const [before] = await lockRecords(ctx.tx, [appointmentId])
    if (!before) return notFound('appointment', appointmentId)
    const wrong = staleWrite(ctx, before.version) ?? mayChange(before) ?? (await keptInGoogle(ctx.tx, before))
    if (wrong) return wrong
    if (scope === 'this-and-future') {
      return changeSeries(ctx, before, { asked: { change: sent, recurrence }, plan }, practice, peers)
    }
    const change = await reallyAsked(ctx.tx, sent, before)
    const inTheWay = await standsInTheWay(ctx, before, change, practice, peers)
    if (inTheWay) return inTheWay
    const changed = await changedRecord(ctx.tx, before, change, practice)
    if (isRefusal(changed)) return changed
    const early = mayMoveTo(before, changed.after.endsAt, ctx.now)
    if (early) return early
    if (isDeepStrictEqual(changed.after, before)) {
      return { ...(await findAppointment(ctx.tx, appointmentId))!, warnings: changed.warnings }
    }
    const after = { ...changed.after, version: before.version + 1 }
    await replaceAppointments(ctx.tx, [after])
    tellChanged(ctx, before, after)
    freeWhatWasLeft(ctx, before, after)
    await planReminders(ctx, appointmentId)
    const clashes = await overlapWarnings(ctx.tx, [after])
    return {
      ...(await findAppointment(ctx.tx, appointmentId))!,
      warnings: [...changed.warnings, ...clashes],
    }
  }
}

async function standsInTheWay(
  ctx: CommandContext,
  before: LockedRecord,
  change: Change,
  practice: PracticeAnswer,
  peers: Peers,
) {
  const parts = partsOf(change)
  const harmless = [...parts].every((part) => part === 'other')
  if (harmless || before.patientId === null || !hasBegun(before, ctx.now)) return undefined
  const state = await askAround(ctx, before, practice, peers)
  return isRefusal(state) ? state : decideChange(state, parts)
}
