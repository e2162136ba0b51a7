import { type CommandContext, isRefusal, type Refusal, refuse } from '@praxisbus/runtime'
import type { PracticeAnswer } from '../answers.ts'
import type { LockedRecord } from '../appointment-rows.ts'
import { findAppointment } from '../appointment-view.ts'
import { isCalledOff } from '../domain/gone.ts'
import { overlapWarnings } from '../overlaps.ts'
import { schedulerOff } from '../practice.ts'
import { carryOut } from '../series/carry-out.ts'
import { clockWarnings } from '../series/make.ts'
import { type Asked, planSeries, type SeriesPlan, type Step } from '../series/plan.ts'
import type { Peers } from '../visit-state.ts'

/**
 * S-14, S-15: changes or deletes an occurrence and all that follow it. With `plan`, what the preview said, it is refused
 * (`plan_changed`) where anything has changed since. The answer is the chosen occurrence with what became of the series.
 */
export async function changeSeries(
  ctx: CommandContext,
  anchor: LockedRecord,
  { asked, plan: seen }: { readonly asked: Asked; readonly plan?: string | undefined },
  practice: PracticeAnswer,
  peers: Peers,
) {
  const plan = await planSeries(ctx, anchor, asked, practice, peers)
  if (isRefusal(plan)) return plan
  if (seen !== undefined && seen !== plan.token) return planChanged()
  const off = mayMake(plan, practice)
  if (off) return off
  const placed = await carryOut(ctx, plan)
  const clashes = await overlapWarnings(ctx.tx, placed)
  const appointment = (await findAppointment(ctx.tx, anchor.appointmentId))!
  const others = placed.filter(({ appointmentId }) => appointmentId !== anchor.appointmentId)
  return {
    ...appointment,
    series: countsOf(plan),
    warnings: [
      ...(plan.goal?.warnings ?? []),
      ...(plan.goal?.split ? clockWarnings(others) : []),
      ...clashes,
    ],
  }
}

/** With the scheduler off what stands can be moved, changed and deleted, and nothing is made. */
export function mayMake(
  { steps }: SeriesPlan,
  { products }: PracticeAnswer,
): Refusal<'scheduler_off'> | undefined {
  return products.scheduler || steps.every(({ action }) => action !== 'make') ? undefined : schedulerOff()
}

/** How many occurrences what happened to. */
export function countsOf({ steps }: SeriesPlan) {
  const count = (action: Step['action']) => steps.filter((step) => step.action === action).length
  const kept = steps.filter((step) => step.action === 'keep' && !isCalledOff(step.before.status)).length
  return {
    changed: count('change'),
    same: count('same'),
    made: count('make'),
    deleted: count('delete'),
    kept,
  }
}

function planChanged(): Refusal<'plan_changed'> {
  return refuse('plan_changed', {
    field: 'plan',
    detail: 'The series, or what stands in its way, has changed since the preview.',
    next: 'Ask for the preview again, look at it, and send its plan.',
  })
}
