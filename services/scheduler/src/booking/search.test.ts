import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { sql } from '@praxisbus/runtime'
import pg from 'pg'
import { openBooking, setHours, setUp, slotsOn } from '../testing/booking.ts'
import { created, type Office, openOffice } from '../testing/office.ts'
import { busyRows } from './rows.ts'

const PRACTITIONERS = 6
const YEARS = 5
const PER_DAY = 8

let office: Office
let client: pg.Client
const practitionerIds: string[] = []

/** Five years of full days for all but the office's own practitioner, who has none. */
beforeAll(async () => {
  office = await openOffice()
  office.clock.set('2031-03-06T18:00:00Z')
  await openBooking(office, { slotStepMinutes: 60 })
  for (let number = 0; number < PRACTITIONERS; number++) {
    const { practitionerId } = created(await office.owner.post('/v1/practitioners', { name: `P ${number}` }))
    await setHours(office, practitionerId, { weekly: [{ weekday: 2, from: '09:00', to: '17:00' }] })
    practitionerIds.push(practitionerId)
  }
  await setUp(office, { slotStepMinutes: 60, services: [{ serviceId: office.serviceId, practitionerIds }] })
  client = new pg.Client(office.desk.adminUrl)
  await client.connect()
  await client.query(
    `insert into appointment (practice_id, id, kind, show_as, patient_id, practitioner_id, start_local, end_local, time_zone, start_fold,
                              end_fold, starts_at, ends_at, modifiers, automatic_modifiers, billable, session_bridge)
     select $1, gen_random_uuid(), 'client-session', 'busy', $2, practitioner, start, start + interval '45 minutes', 'UTC', 'earlier', 'earlier',
            start at time zone 'UTC', start at time zone 'UTC' + interval '45 minutes', '{}', '{}', true, false
       from unnest($3::uuid[]) as practitioner,
            generate_series('2026-04-01'::timestamp, '2031-03-31', '1 day') as day,
            lateral (select day + interval '15 hours' + number * interval '1 hour' as start from generate_series(0, $4 - 1) as number) as visit
      where extract(isodow from day) < 6`,
    [office.desk.practiceId, office.patient.patientId, practitionerIds, PER_DAY],
  )
  await client.query('analyze appointment')
}, 120_000)
afterAll(async () => {
  await client.end()
  await office.close()
})

interface Plan {
  readonly 'Node Type': string
  readonly 'Index Name'?: string
  readonly 'Actual Rows': number
  readonly 'Actual Loops': number
  readonly 'Rows Removed by Filter'?: number
  readonly Plans?: Plan[]
}

const nodes = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodes)]

describe('S-18 slot search over years of history', () => {
  test('S-18 reads ranges of the index alone: the week that is asked, of each practitioner, and the day before it', async () => {
    const { count } = (await client.query<{ count: number }>('select count(*)::int from appointment'))
      .rows[0]!
    expect(count).toBeGreaterThan(PRACTITIONERS * YEARS * 250 * PER_DAY)
    const fromMs = Date.parse('2031-03-10T00:00:00Z')
    const query = busyRows(practitionerIds, { fromMs, toMs: fromMs + 7 * 86_400_000 })
    await client.query('begin')
    await client.query('set local role praxisbus_app')
    await client.query(`select set_config('app.practice', $1, true)`, [office.desk.practiceId])
    // As a statement that was prepared long ago and is planned for any parameters.
    for (const mode of ['force_custom_plan', 'force_generic_plan']) {
      await client.query(`set local plan_cache_mode = ${mode}`)
      const { rows } = await client.query({
        name: `explain-${mode}`,
        text: `explain (analyze, format json, buffers off, timing off) ${query.text}`,
        values: [...query.values],
      })
      const found = nodes(rows[0]['QUERY PLAN'][0].Plan)
      const scans = found.filter((node) => node['Node Type'].includes('Scan'))
      expect(scans.map((node) => node['Node Type'])).not.toContain('Seq Scan')
      // Both are by the start of the appointment; where all practitioners are asked, the one without them reads the same rows.
      for (const name of scans.map((node) => node['Index Name']).filter(Boolean))
        expect(['appointment_practitioner', 'appointment_start']).toContain(name)
      const touched = scans.reduce(
        (sum, node) =>
          sum + (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'],
        0,
      )
      // Five working days, the day before the first and what the bitmap counts a second time: not a part of the five years.
      expect(touched).toBeLessThanOrEqual(2 * PRACTITIONERS * PER_DAY * 7)
      expect(touched).toBeGreaterThan(0)
    }
    await client.query('rollback')
  })

  test('S-18 finds the free hour in a full calendar, and forgets what was cancelled', async () => {
    const tuesday = '2031-03-11'
    expect(await slotsOn(office, tuesday)).toEqual(['09:00'])
    await office.desk.database.write(office.desk.practiceId, (tx) =>
      tx.run(sql`
        update appointment set status = 'cancelled'
         where practitioner_id = ${practitionerIds[3]} and starts_at = '2031-03-11T18:00:00Z'`),
    )
    expect(await slotsOn(office, tuesday)).toEqual(['09:00', '13:00'])
  })
})
