import { afterAll, beforeAll, expect, test } from '@jest/globals'
import pg from 'pg'
import { created, type Office, openOffice, refusalOf } from '../testing/office.ts'

const MOST = 20_000

let office: Office
let client: pg.Client
beforeAll(async () => {
  office = await openOffice()
  client = new pg.Client(office.desk.adminUrl)
  await client.connect()
})
afterAll(async () => {
  await client.end()
  await office.close()
})

/** So many on Monday and Tuesday, a second apart. */
const fill = (count: number) =>
  client.query(
    `insert into appointment (practice_id, id, kind, show_as, patient_id, practitioner_id, start_local, end_local, time_zone, start_fold,
                              end_fold, starts_at, ends_at, modifiers, automatic_modifiers, billable, session_bridge)
     select $1, gen_random_uuid(), 'client-session', 'busy', $2, $3, at, at + interval '45 minutes', 'UTC', 'earlier', 'earlier',
            at at time zone 'UTC', at at time zone 'UTC' + interval '45 minutes', '{}', '{}', true, false
       from (select timestamp '2031-03-10 18:00' + i * interval '1 second' as at from generate_series(1, $4) as i) as one`,
    [office.desk.practiceId, office.patient.patientId, office.practitioner.practitionerId, count],
  )
const ask = (query: string) => office.owner.get(`/v1/calendar?${query}`)

test('S-13 days with more than the calendar shows at once are refused, not cut off', async () => {
  await fill(MOST)
  const days = 'from=2031-03-10&to=2031-03-11'
  expect(created(await ask(days)).items).toHaveLength(MOST)
  const { practitionerId } = created(await office.owner.post('/v1/practitioners', { name: 'Lee Park' }))
  await office.schedule({ practitionerId, start: '2031-03-11T20:00', end: '2031-03-11T21:00' })
  expect(refusalOf(await ask(days))).toMatchObject({ status: 422, code: 'too_many_events', field: 'to' })
  expect(created(await ask('from=2031-03-11&to=2031-03-11')).items.length).toBeLessThan(MOST)
  expect(created(await ask(`${days}&practitionerId=${practitionerId}`)).items).toHaveLength(1)
}, 60_000)
