import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { type CommandContext, isRefusal, refuse, type Tx } from '@praxisbus/runtime'
import type { PracticeAnswer } from '../answers.ts'
import { applyChange, type Resolved, resolveChange } from '../appointment-changes.ts'
import { type AppointmentRecord, type LockedRecord, lockRecords } from '../appointment-rows.ts'
import { hasBegun } from '../appointment-view.ts'
import { reallyAsked } from '../asked-change.ts'
import { type Change, mayChange, partsOf } from '../domain/change.ts'
import { isCalledOff } from '../domain/gone.ts'
import { decideChange, decideDeletion, type VisitState } from '../domain/in-the-way.ts'
import type { RecurrenceRule } from '../domain/recurrence/rule.ts'
import { matchOccurrences } from '../domain/series/match.ts'
import type { Slot } from '../domain/series/slots.ts'
import type { Peers } from '../visit-state.ts'
import { type Goal, goalOf } from './goal.ts'
import { type Held, heldBack } from './held-back.ts'
import { type Details, lockSeries, occurrenceIdsFrom, type SeriesRecord } from './rows.ts'

/** What is asked of an occurrence and all that follow it. */
export type Asked = 'delete' | { readonly change: Change; readonly recurrence?: RecurrenceRule | undefined }

/** What becomes of one occurrence. `same`: it only becomes an occurrence of the series that goes on. */
export type Step =
  | {
      readonly action: 'change' | 'same'
      readonly before: LockedRecord
      readonly after: LockedRecord
      readonly place?: Slot
    }
  | {
      readonly action: 'keep'
      readonly before: LockedRecord
      readonly codes: readonly string[]
      readonly place?: Slot
    }
  | { readonly action: 'delete'; readonly before: LockedRecord }
  | { readonly action: 'make'; readonly place: Slot }

export interface SeriesPlan {
  readonly anchor: LockedRecord
  readonly series: SeriesRecord | undefined
  /** Undefined: the series ends. */
  readonly goal: (Goal & { readonly details: Details }) | undefined
  readonly steps: readonly Step[]
  /** Names all of this: where a preview said the same, nothing has changed since. */
  readonly token: string
}

/**
 * S-14, S-15: what a change or deletion of one occurrence and all that follow it does to each. What has begun, was called off
 * or has a bill or signed note in the way stays as it is. The series and its occurrences are locked, so that a preview and the
 * command that follows see by the same rules. Refuses `not_recurring`, `occurrence_has_begun`, what stands in the way of the
 * chosen occurrence, and what single changes refuse.
 */
export async function planSeries(
  ctx: CommandContext,
  anchor: LockedRecord,
  sent: Asked,
  practice: PracticeAnswer,
  peers: Peers,
) {
  const wrong = mayChange(anchor) ?? (hasBegun(anchor, ctx.now) ? begunAlready() : undefined)
  if (wrong) return wrong
  const series = anchor.seriesId === null ? undefined : await lockSeries(ctx.tx, anchor.seriesId)
  if (!series && (sent === 'delete' || !sent.recurrence)) return notRecurring()
  const asked =
    sent === 'delete' ? sent : { ...sent, change: await reallyAsked(ctx.tx, sent.change, anchor, series) }
  const rows = await occurrencesFrom(ctx.tx, anchor, series)
  const held = await heldBack(ctx, rows, deciding(asked), practice, peers)
  if (isRefusal(held)) return held
  const inTheWay = held.get(anchor.appointmentId)?.refusal
  if (inTheWay) return inTheWay
  if (asked === 'delete') {
    return sealed(
      { anchor, series, goal: undefined, steps: rows.flatMap((row) => leftOver(row, held)) },
      asked,
    )
  }
  const goal = goalOf(anchor, series, asked, practice, ctx.now)
  if (isRefusal(goal)) return goal
  const meant = { ...anchor, ...series?.details }
  const resolved = await resolveChange(ctx.tx, [...rows, meant], asked.change)
  if (isRefusal(resolved)) return resolved
  const details = applyChange(meant, resolved)
  if (isRefusal(details)) return details
  const steps: Step[] = []
  for (const { row, place } of matched(rows, goal, series)) {
    const next = row ? stepOf(row, place, { held, goal, resolved }) : makeAt(place)
    if (isRefusal(next)) return next
    steps.push(...next)
  }
  return sealed({ anchor, series, goal: { ...goal, details: detailsOf(details) }, steps }, asked)
}

/** In the order of the rule, the chosen one first. */
async function occurrencesFrom(tx: Tx, anchor: LockedRecord, series: SeriesRecord | undefined) {
  if (!series) return [anchor]
  const ids = await occurrenceIdsFrom(tx, series.seriesId, anchor.occurrenceLocal!)
  const rows = await lockRecords(tx, ids)
  return rows.toSorted((a, b) => (a.occurrenceLocal! < b.occurrenceLocal! ? -1 : 1))
}

function deciding(asked: Asked): ((state: VisitState) => ReturnType<typeof decideChange>) | undefined {
  if (asked === 'delete') return decideDeletion
  const parts = new Set(partsOf(asked.change))
  if (asked.recurrence) parts.add('time')
  return [...parts].every((part) => part === 'other') ? undefined : (state) => decideChange(state, parts)
}

function matched(rows: readonly LockedRecord[], { places, rule }: Goal, series: SeriesRecord | undefined) {
  if (places === undefined) return rows.map((row) => ({ row, place: 'stays' as const }))
  const named = rows.map((row) => ({ row, occurrenceLocal: row.occurrenceLocal ?? row.startLocal }))
  const rules = series ? [series.rule, rule] : [rule]
  return matchOccurrences(named, places, rules).map(({ row, place }) => ({ row: row?.row, place }))
}

function stepOf(
  row: LockedRecord,
  place: Slot | 'stays' | undefined,
  { held, goal, resolved }: { held: ReadonlyMap<string, Held>; goal: Goal; resolved: Resolved },
) {
  if (place === undefined) return leftOver(row, held)
  const at = place === 'stays' ? {} : { place }
  const stays = held.get(row.appointmentId)
  if (stays) return [{ action: 'keep', before: row, codes: stays.codes, ...at } satisfies Step]
  const details = applyChange(row, resolved)
  if (isRefusal(details)) return details
  const { timeZone, split } = goal
  const after = split ? { ...details, ...at.place, timeZone, occurrenceLocal: row.occurrenceLocal } : details
  const action = isDeepStrictEqual(after, row) ? 'same' : 'change'
  return [{ action, before: row, after, ...at } satisfies Step]
}

function makeAt(place: Slot | 'stays' | undefined): Step[] {
  return place === undefined || place === 'stays' ? [] : [{ action: 'make', place }]
}

/** What was called off needs no word; what stands in the way stays behind; the rest is taken off the calendar. */
function leftOver(row: LockedRecord, held: ReadonlyMap<string, Held>): Step[] {
  const stays = held.get(row.appointmentId)
  if (!stays) return [{ action: 'delete', before: row }]
  return isCalledOff(row.status) ? [] : [{ action: 'keep', before: row, codes: stays.codes }]
}

export function detailsOf(record: AppointmentRecord): Details {
  const { kind, patientId, practitionerId, locationId, roomId, services, modifiers, automaticModifiers } =
    record
  const { billable, telehealthUrl, additionalInstructions, reminders, sessionBridge } = record
  const { medium, contactWith, title, showAs } = record
  const who = { kind, patientId, practitionerId, locationId, roomId, services, modifiers, automaticModifiers }
  const how = { billable, telehealthUrl, additionalInstructions, reminders, sessionBridge }
  return { ...who, ...how, medium, contactWith, title, showAs }
}

function sealed(plan: Omit<SeriesPlan, 'token'>, asked: Asked): SeriesPlan {
  const steps = plan.steps.map((step) => [
    step.action,
    'before' in step ? [step.before.appointmentId, step.before.version] : null,
    'place' in step ? step.place : null,
    'codes' in step ? step.codes : null,
  ])
  const token = createHash('sha256')
    .update(JSON.stringify([asked, steps], inOrder))
    .digest('base64url')
  return { ...plan, token }
}

/** The verbs have their fields in different orders; who drags a series sends the plan that the preview of a change gave. */
function inOrder(_key: string, value: unknown) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function notRecurring() {
  return refuse('not_recurring', {
    field: 'scope',
    detail: 'This is a single appointment.',
    next: 'Send scope "this", or a recurrence to make it the first of a series.',
  })
}

function begunAlready() {
  return refuse('occurrence_has_begun', {
    field: 'scope',
    detail: 'This occurrence has begun, and past ones never change with their series.',
    next: 'Choose the next occurrence that is to come, or scope "this" for this one alone.',
  })
}
