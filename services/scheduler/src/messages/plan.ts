import { type CommandContext, type Sql, sql } from '@praxisbus/runtime'
import {
  type KnownMessage,
  type PlanChange,
  type PlannedVisit,
  planMessages,
} from '../domain/message-plan.ts'

/** What a verb, a reaction and a worker all have. */
export type Planning = Pick<CommandContext, 'tx' | 'now' | 'newId'>

interface VisitRow extends PlannedVisit {
  readonly appointmentId: string
  readonly patientId: string
  readonly messages: readonly KnownMessage[]
}

/**
 * S-10, S-11: lets what goes out to the patient follow the appointments as they stand in this transaction: call it last, in every
 * verb that makes, moves, edits, cancels, restores or ends appointments, once for all of them. Asked again it changes nothing.
 * The appointments are locked by the caller, or were made in this transaction. One round trip, however many they are.
 */
export async function planReminders(
  ctx: Planning,
  appointmentIds: string | readonly string[],
): Promise<void> {
  const ids = typeof appointmentIds === 'string' ? [appointmentIds] : appointmentIds
  const visits = await ctx.tx.many<VisitRow>(readVisits(ids))
  const changes = visits.flatMap((visit) =>
    planMessages(visit, visit.messages, ctx.now).map((change) => ({ visit, change })),
  )
  // What waited makes room before something else waits in its place.
  const drops = changes.flatMap(({ change }) => (change.do === 'drop' ? [change] : []))
  const sets = changes.flatMap(({ change }) => (change.do === 'set' ? [change] : []))
  const makes = changes.flatMap(({ visit, change }) => (change.do === 'make' ? [{ visit, change }] : []))
  if (drops.length > 0) ctx.tx.later(dropAll(drops))
  if (sets.length > 0) ctx.tx.later(setAll(sets))
  if (makes.length > 0) ctx.tx.later(makeAll(ctx, makes))
}

function readVisits(ids: readonly string[]): Sql {
  return sql`
    select appointment.id as appointment_id, patient_id, status, starts_at, ends_at, time_zone, session_bridge,
           case when consent_text and not consent_email then 'text' else 'email' end as feedback_channel,
           (select coalesce(jsonb_agg(jsonb_build_object('channel', channel, 'daysAhead', days_ahead) order by position), '[]')
              from appointment_reminder where appointment_id = appointment.id) as reminders,
           (select coalesce(jsonb_agg(jsonb_build_object(
                     'id', id, 'kind', kind, 'channel', channel, 'daysAhead', days_ahead, 'ordinal', ordinal,
                     'startsAt', starts_at, 'dueAt', due_at, 'state', state, 'reason', reason) order by ordinal), '[]')
              from patient_message where appointment_id = appointment.id) as messages
      from appointment join patient on patient.id = patient_id
     where appointment.id = any(${ids}::uuid[])`
}

type Change<Kind extends PlanChange['do']> = Extract<PlanChange, { do: Kind }>

function dropAll(drops: readonly Change<'drop'>[]): Sql {
  return sql`
    update patient_message as message
       set state = 'dropped', reason = drop.reason, next_look_at = null, version = version + 1
      from unnest(${drops.map(({ id }) => id)}::uuid[], ${drops.map(({ reason }) => reason)}::text[]) as drop (id, reason)
     where message.id = drop.id`
}

function setAll(sets: readonly Change<'set'>[]): Sql {
  return sql`
    update patient_message as message
       set starts_at = one.starts_at, due_at = one.due_at, state = one.state, reason = one.reason,
           next_look_at = case when one.state = 'waiting' then one.due_at end,
           attempts = 0, tried_at = null, last_error = null, address = null, version = version + 1
      from unnest(${sets.map(({ id }) => id)}::uuid[], ${sets.map(({ startsAt }) => startsAt)}::timestamptz[],
                  ${sets.map(({ dueAt }) => dueAt)}::timestamptz[], ${sets.map(({ state }) => state)}::text[],
                  ${sets.map(({ reason }) => reason)}::text[]) as one (id, starts_at, due_at, state, reason)
     where message.id = one.id`
}

function makeAll(ctx: Planning, makes: readonly { visit: VisitRow; change: Change<'make'> }[]): Sql {
  const column = <Value>(of: (change: Change<'make'>) => Value) => makes.map(({ change }) => of(change))
  return sql`
    insert into patient_message (practice_id, id, appointment_id, patient_id, kind, channel, days_ahead, ordinal, starts_at,
                                 due_at, state, reason, next_look_at, planned_at)
    select current_practice(), id, appointment_id, patient_id, kind, channel, days_ahead, ordinal, starts_at, due_at, state,
           reason, case when state = 'waiting' then due_at end, ${ctx.now.toString()}
      from unnest(${makes.map(() => ctx.newId())}::uuid[], ${makes.map(({ visit }) => visit.appointmentId)}::uuid[],
                  ${makes.map(({ visit }) => visit.patientId)}::uuid[], ${column(({ kind }) => kind)}::text[],
                  ${column(({ channel }) => channel)}::text[], ${column(({ daysAhead }) => daysAhead)}::int[],
                  ${column(({ ordinal }) => ordinal)}::int[], ${column(({ startsAt }) => startsAt)}::timestamptz[],
                  ${column(({ dueAt }) => dueAt)}::timestamptz[], ${column(({ state }) => state)}::text[],
                  ${column(({ reason }) => reason)}::text[])
           as one (id, appointment_id, patient_id, kind, channel, days_ahead, ordinal, starts_at, due_at, state, reason)`
}
