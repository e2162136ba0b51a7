import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Sql, sql } from '@praxisbus/runtime'
import pg from 'pg'
import { type Office, openOffice } from '../testing/office.ts'
import { type appointmentsInput, listRows } from './appointments.ts'
import { reminderRows, remindersInput } from './reminders.ts'

const NOW = Temporal.Instant.from('2031-03-06T18:00:00Z')
const HISTORY = 60_000
const LIMIT = 50

let office: Office
let client: pg.Client

/** Years of completed sessions and old other-events with a reminder each; a hundredth was cancelled, some wait to be completed. */
beforeAll(async () => {
  office = await openOffice()
  const { desk, patient, practitioner } = office
  client = new pg.Client(desk.adminUrl)
  await client.connect()
  await client.query(
    `insert into appointment (practice_id, id, kind, title, show_as, patient_id, practitioner_id, start_local, end_local, time_zone, start_fold,
                              end_fold, starts_at, ends_at, modifiers, automatic_modifiers, billable, session_bridge, status)
     select $1, gen_random_uuid(), case when other then 'other-event' else 'client-session' end, case when other then 'Team' end, 'busy',
            case when not other then $2::uuid end, $3, at, at + interval '45 minutes', 'UTC', 'earlier', 'earlier', at at time zone 'UTC',
            at at time zone 'UTC' + interval '45 minutes', '{}', '{}', not other, false,
            case when other or i < 100 then 'scheduled' when i % 200 = 1 then 'cancelled' when i % 2000 = 3 then 'declined'
                 when i > 200 then 'completed' else 'scheduled' end
       from (select i, i > 200 and i % 10 = 0 as other, timestamp '2031-03-10 18:00' - i * interval '1 hour' as at
               from generate_series(1, $4) as i) as one`,
    [desk.practiceId, patient.patientId, practitioner.practitionerId, HISTORY],
  )
  const others = `select gen_random_uuid() as id, $1::uuid as practice_id, 'Other ' || i as name from generate_series(1, 500) as i`
  await client.query(`insert into patient (id, practice_id, name) ${others}`, [desk.practiceId])
  await client.query(
    `insert into patient_message (practice_id, id, appointment_id, patient_id, kind, channel, days_ahead, ordinal, starts_at, due_at, state,
                                  reason, planned_at, sent_at)
     select practice_id, gen_random_uuid(), id, patients[1 + n % 501], 'reminder', 'email', 1, 1, starts_at, starts_at - interval '1 day',
            state, case state when 'failed' then 'too-late' end, starts_at, case state when 'sent' then starts_at end
       from (select *, case when n % 3000 = 0 then 'failed' when n % 3000 = 1 then 'unknown' else 'sent' end as state
               from (select *, row_number() over (order by starts_at) as n,
                            (select array_agg(id order by id) from patient where practice_id = $1) as patients
                       from appointment where patient_id is not null) as numbered) as one`,
    [desk.practiceId],
  )
  await client.query('vacuum analyze appointment, patient_message')
}, 120_000)
afterAll(async () => {
  await client.end()
  await office.close()
})

interface Plan {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Name'?: string
  readonly 'Actual Rows': number
  readonly 'Actual Loops': number
  readonly 'Rows Removed by Filter'?: number
  readonly Plans?: Plan[]
}
const nodes = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodes)]

let statements = 0
/** How many rows of that table the statement reads, and by which indexes; as planned anew, and as prepared for any parameters. */
async function readsOf(table: string, query: Sql) {
  const reads = []
  await client.query('begin')
  await client.query('set local role praxisbus_app')
  await client.query(`select set_config('app.practice', $1, true)`, [office.desk.practiceId])
  for (const mode of ['force_custom_plan', 'force_generic_plan']) {
    await client.query(`set local plan_cache_mode = ${mode}`)
    statements += 1
    const { rows }: { rows: { 'QUERY PLAN': { Plan: Plan }[] }[] } = await client.query({
      name: `${mode}-${statements}`,
      text: `explain (analyze, format json, buffers off, timing off) ${query.text}`,
      values: [...query.values],
    })
    const scans = nodes(rows[0]!['QUERY PLAN'][0]!.Plan).filter(
      (node) => node['Node Type'].includes('Scan') && node['Relation Name'] === table,
    )
    reads.push({
      rows: scans.reduce(
        (sum, node) =>
          sum + (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'],
        0,
      ),
      index: scans.map((node) => node['Index Name'] ?? node['Node Type']),
    })
  }
  await client.query('rollback')
  return reads
}

type List = NonNullable<(typeof appointmentsInput)['_output']['list']>

describe('lists over years of history read what they show, not the history', () => {
  test.each<[List, number]>([
    ['open', 3 * LIMIT],
    ['upcoming', 2 * LIMIT],
    ['cancelled', 2 * LIMIT],
    ['declined', 2 * LIMIT],
    ['completed', 8 * LIMIT],
    ['pending', 4 * LIMIT],
  ])('S-21 %s reads %s rows at most', async (list, most) => {
    for (const { rows, index } of await readsOf(
      'appointment',
      listRows({ list, limit: LIMIT }, sql``, NOW),
    )) {
      expect({ rows, index, few: rows <= most }).toEqual({ rows, index, few: true })
      expect(index).not.toContain('Seq Scan')
    }
  })

  test.each([
    ['failed', { state: 'failed' }],
    ['unknown', { state: 'unknown' }],
    ['of a patient', { patientId: true }],
    ['all', {}],
  ])('S-10 reminders: %s', async (_, asked) => {
    const { patientId } = office.patient
    const input = remindersInput.parse({
      ...asked,
      ...('patientId' in asked ? { patientId } : {}),
      limit: LIMIT,
    })
    for (const { rows, index } of await readsOf('patient_message', reminderRows(input))) {
      expect({ rows, index, few: rows <= 4 * LIMIT }).toEqual({ rows, index, few: true })
      expect(index).not.toContain('Seq Scan')
    }
  })

  test('S-21 the lists show what they are to show', async () => {
    const shown = async (list: List) => {
      const { text, values } = listRows({ list, limit: 200 }, sql``, NOW)
      await client.query('begin')
      await client.query('set local role praxisbus_app')
      await client.query(`select set_config('app.practice', $1, true)`, [office.desk.practiceId])
      const { rows }: { rows: { starts_at: string }[] } = await client.query(text, [...values])
      await client.query('rollback')
      return rows.map(({ starts_at }) => new Date(starts_at).getTime())
    }
    // From 96 hours ahead to now; one that is under way is upcoming.
    expect((await shown('upcoming')).length).toBe(96)
    const open = await shown('open')
    expect(open.length).toBeGreaterThan(50)
    expect(open.every((at) => at < NOW.epochMilliseconds)).toBe(true)
  })
})
