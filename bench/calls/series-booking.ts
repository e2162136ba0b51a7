import { randomUUID } from 'node:crypto'
import { act, type CommandContext, type Database, isRefusal } from '@praxisbus/runtime'
import type pg from 'pg'
import { scheduleAppointment } from '../../services/scheduler/src/commands/schedule-appointment.ts'
import { appointmentInput } from '../../services/scheduler/src/domain/schedule.ts'
import { findPractice } from '../../services/scheduler/src/practice.ts'

export interface Booked {
  readonly practiceId: string
  readonly patientId: string
  readonly practitionerId: string
  /** How many days after the first that can be booked. */
  readonly days: number
}

/** A weekly hour for two years: checked against the calendar, made and told, in one transaction. Answers with the series' id. */
export async function bookSeries(database: Database, { practiceId, days, ...who }: Booked): Promise<string> {
  const first = Temporal.Now.plainDateISO().add({ days: 8 + days })
  const weekday = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'][first.dayOfWeek - 1]
  const input = appointmentInput.parse({
    ...who,
    start: `${first}T19:00`,
    end: `${first}T20:00`,
    recurrence: { frequency: 'weekly', weekdays: [weekday], count: 105 },
  })
  const booked = await act(
    { database, actor: 'bench', onFacts: () => undefined },
    practiceId,
    async (ctx) => {
      const practice = (await findPractice(ctx.tx))!
      const principal = { practiceId, userId: 'bench', permissions: new Set(), roles: [] }
      return scheduleAppointment({ ...ctx, principal } as unknown as CommandContext, input, practice)
    },
  )
  if (isRefusal(booked)) throw new Error(booked.detail)
  return booked.seriesId!
}

/** The rows of such a series, with their facts, as somebody would insert them who has them. */
export async function rowsOfSeries(client: pg.Client, seriesId: string) {
  const { rows } = await client.query<{ rows: object[] }>(
    `select jsonb_agg(to_jsonb(appointment)) as rows from appointment where series_id = $1`,
    [seriesId],
  )
  const facts = await client.query<{ rows: object[] }>(
    `select jsonb_agg(to_jsonb(outbox)) as rows from outbox where key in (select id::text from appointment where series_id = $1)`,
    [seriesId],
  )
  return { appointments: rows[0]!.rows, facts: facts.rows[0]!.rows as { body: string }[] }
}

/** Inserts them anew, under other ids, in one transaction of two statements. */
export async function insertRows(
  client: pg.Client,
  { appointments, facts }: Awaited<ReturnType<typeof rowsOfSeries>>,
): Promise<void> {
  const ids = appointments.map(() => randomUUID())
  const rows = appointments.map((row, index) => ({
    ...row,
    ...{ id: ids[index], series_id: null, occurrence_local: null },
  }))
  const told = facts.map((fact, index) => ({ ...fact, key: ids[index], event_id: randomUUID() }))
  await client.query('begin')
  await client.query({
    name: 'appointments',
    text: `insert into appointment select * from jsonb_populate_recordset(null::appointment, $1)`,
    values: [JSON.stringify(rows)],
  })
  await client.query({
    name: 'facts',
    text: `insert into outbox (practice_id, event_id, topic, key, type, sequence, headers, body)
           select practice_id, event_id, topic, key, type, sequence, headers, body from jsonb_populate_recordset(null::outbox, $1)`,
    values: [JSON.stringify(told)],
  })
  await client.query('commit')
}
