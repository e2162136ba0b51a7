import { type CommandContext, isRefusal } from '@praxisbus/runtime'
import type { PracticeAnswer } from '../answers.ts'
import type { LockedRecord } from '../appointment-rows.ts'
import type { ChangeInput } from '../domain/change.ts'
import type { Slot } from '../domain/series/slots.ts'
import { type Asked, planSeries, type Step } from '../series/plan.ts'
import { lockAnchor } from '../series/rows.ts'
import type { Peers } from '../visit-state.ts'
import { countsOf, mayMake } from './change-series.ts'

type Chosen = { readonly appointmentId: string }

/** S-14: what a change of this and all future occurrences would do to each, and what stands in the way. Changes nothing. */
export function previewChange(peers: Peers) {
  return (ctx: CommandContext, input: ChangeInput & Chosen, practice: PracticeAnswer) => {
    const { appointmentId, scope: _, plan: __, recurrence, ...change } = input
    return preview(ctx, appointmentId, { change, recurrence }, practice, peers)
  }
}

/** S-15: the same for a deletion. */
export function previewDeletion(peers: Peers) {
  return (ctx: CommandContext, { appointmentId }: Chosen, practice: PracticeAnswer) =>
    preview(ctx, appointmentId, 'delete', practice, peers)
}

async function preview(
  ctx: CommandContext,
  appointmentId: string,
  asked: Asked,
  practice: PracticeAnswer,
  peers: Peers,
) {
  const anchor = await lockAnchor(ctx, appointmentId)
  if (isRefusal(anchor)) return anchor
  const plan = await planSeries(ctx, anchor, asked, practice, peers)
  if (isRefusal(plan)) return plan
  const off = mayMake(plan, practice)
  if (off) return off
  ctx.audit('appointment', appointmentId, 'preview series')
  return {
    plan: plan.token,
    series: countsOf(plan),
    occurrences: plan.steps.map(shownStep),
    warnings: [...(plan.goal?.warnings ?? [])],
  }
}

function shownStep(step: Step) {
  const none = { appointmentId: null, occurrence: null, from: null, to: null, blockers: [] as string[] }
  if (step.action === 'make') return { ...none, action: step.action, to: placeOf(step.place) }
  const { before } = step
  const known = {
    ...none,
    appointmentId: before.appointmentId,
    occurrence: before.occurrenceLocal,
    from: placeOf(before),
  }
  if (step.action === 'delete') return { ...known, action: step.action }
  if (step.action === 'keep') {
    return { ...known, action: step.action, to: placeOf(before), blockers: [...step.codes] }
  }
  return { ...known, action: step.action, to: placeOf(step.after) }
}

function placeOf({ startLocal, endLocal, startsAt, endsAt }: Slot | LockedRecord) {
  return { start: startLocal, end: endLocal, startsAt, endsAt }
}
