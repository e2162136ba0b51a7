import { AppointmentDeleted } from '@praxisbus/contracts'
import { type CommandContext, sql } from '@praxisbus/runtime'
import { tellChanged } from '../appointment-facts.ts'
import { type AppointmentRecord, type LockedRecord, replaceAppointments } from '../appointment-rows.ts'
import { planReminders } from '../messages/plan.ts'
import { moment } from '../moment.ts'
import { freeWhatWasLeft, offerFreed } from '../waitlist/freed.ts'
import { makeOccurrences } from './make.ts'
import type { SeriesPlan, Step } from './plan.ts'
import { assignOccurrences, insertSeries, type SeriesRecord, updateSeries } from './rows.ts'

/**
 * Does what a plan says, each affected occurrence with a fact of its own (S-14). Answers with the appointments that are at
 * another time than before, or new.
 */
export async function carryOut(ctx: CommandContext, plan: SeriesPlan): Promise<AppointmentRecord[]> {
  const seriesId = await goOn(ctx, plan)
  const changed = await changeAll(ctx, plan.steps, seriesId)
  await deleteAll(
    ctx,
    plan.steps.flatMap((step) => (step.action === 'delete' ? [step.before] : [])),
  )
  if (!plan.goal || seriesId === undefined) return changed
  const places = plan.steps.flatMap((step) => (step.action === 'make' ? [step.place] : []))
  const made = await makeOccurrences(
    ctx,
    { seriesId, timeZone: plan.goal.timeZone },
    plan.goal.details,
    places,
  )
  return [...changed, ...made]
}

/** The series that goes on: the same with another end or other details, or one split from it; undefined: it ends here. */
async function goOn(ctx: CommandContext, { anchor, series, goal }: SeriesPlan): Promise<string | undefined> {
  if (series && goal && !goal.split) {
    await updateSeries(ctx.tx, series.seriesId, goal)
    return series.seriesId
  }
  if (series) await endBefore(ctx, series, anchor.occurrenceLocal!)
  if (!goal) return undefined
  const { rule, start, end, timeZone, details, madeBefore, finished } = goal
  const seriesId = ctx.newId()
  const place = { rule, start, end, timeZone }
  const splitFrom = series?.seriesId ?? null
  await insertSeries(ctx.tx, { ...place, seriesId, splitFrom, details, madeBefore, finished, version: 1 })
  return seriesId
}

/** The day before is its last: the occurrences of one series lie a day apart at least. */
function endBefore(
  ctx: CommandContext,
  { seriesId, rule, details, madeBefore }: SeriesRecord,
  local: string,
) {
  const until = Temporal.PlainDate.from(local.slice(0, 10)).subtract({ days: 1 }).toString()
  return updateSeries(ctx.tx, seriesId, {
    rule: { ...rule, until, count: null },
    details,
    madeBefore,
    finished: true,
  })
}

async function changeAll(ctx: CommandContext, steps: readonly Step[], seriesId: string | undefined) {
  const assigned = steps.flatMap((step) =>
    (step.action === 'keep' || step.action === 'same') && step.place && seriesId !== undefined
      ? [{ appointmentId: step.before.appointmentId, seriesId, occurrenceLocal: step.place.occurrenceLocal }]
      : [],
  )
  await assignOccurrences(ctx.tx, assigned)
  const changes = steps.flatMap((step) => {
    if (step.action !== 'change') return []
    const { before, place } = step
    const at = place && seriesId !== undefined ? { seriesId, occurrenceLocal: place.occurrenceLocal } : {}
    return [{ before, after: { ...step.after, ...at, version: before.version + 1 } }]
  })
  if (changes.length === 0) return []
  const after = changes.map((change) => change.after)
  await replaceAppointments(ctx.tx, after)
  for (const { before, after } of changes) {
    tellChanged(ctx, before, after)
    freeWhatWasLeft(ctx, before, after)
  }
  await planReminders(
    ctx,
    after.map(({ appointmentId }) => appointmentId),
  )
  return after
}

async function deleteAll(ctx: CommandContext, rows: readonly LockedRecord[]): Promise<void> {
  if (rows.length === 0) return
  const deletedAt = moment(ctx.now)
  const ids = rows.map(({ appointmentId }) => appointmentId)
  await ctx.tx.run(sql`
    update appointment set status = 'deleted', deleted_at = ${deletedAt}, version = version + 1
     where id = any(${ids}::uuid[])`)
  for (const row of rows) {
    const { appointmentId, patientId, version } = row
    if (patientId !== null && row.status !== 'cancelled') offerFreed(ctx, row)
    const data = { appointmentId, patientId, deletedAt }
    ctx.record(AppointmentDeleted, { subject: appointmentId, version: version + 1, data })
    ctx.audit('appointment', appointmentId, 'delete')
  }
  await planReminders(ctx, ids)
}
