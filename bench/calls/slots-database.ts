import { newId } from '@praxisbus/runtime'
import { database, issuer } from '@praxisbus/testing'
import pg from 'pg'

/** What both sides of a comparison over the scheduler's calendars work on; sent to their processes. */
export interface SlotsTarget {
  /** Bound by row-level security, as the service itself is. */
  readonly appUrl: string
  /** Bound by nothing, as a bare program would be. */
  readonly bareUrl: string
  readonly issuerUrl: string
  readonly token: string
  readonly practiceId: string
  readonly serviceId: string
  readonly practitionerIds: readonly string[]
}

export interface SlotsGround {
  readonly target: SlotsTarget
  readonly appointments: number
  close(): Promise<void>
}

const DAYS_AHEAD = 90

/** The scheduler's database with the calendars of that many practitioners over years: eight visits on each working day, of ten. */
export async function openSlotsTarget(practitioners: number, years: number): Promise<SlotsGround> {
  const clone = await database('scheduler')
  const signIn = await issuer()
  const close = async () => {
    await signIn.stop()
    await clone.drop()
  }
  try {
    const practiceId = newId()
    const serviceId = newId()
    const practitionerIds = Array.from({ length: practitioners }, () => newId())
    const appointments = await fill(clone.adminUrl, { practiceId, serviceId, practitionerIds }, years)
    const practices = { [practiceId]: { roles: [], permissions: ['booking.request', 'appointment.read'] } }
    const token = await signIn.token({ userId: 'portal', name: 'Portal', practices })
    const urls = { bareUrl: clone.adminUrl, appUrl: clone.appUrl, issuerUrl: signIn.url }
    return { target: { ...urls, token, practiceId, serviceId, practitionerIds }, appointments, close }
  } catch (error) {
    await close()
    throw error
  }
}

type Ids = Pick<SlotsTarget, 'practiceId' | 'serviceId' | 'practitionerIds'>

async function fill(
  url: string,
  { practiceId, serviceId, practitionerIds }: Ids,
  years: number,
): Promise<number> {
  const client = new pg.Client(url)
  await client.connect()
  const patientId = newId()
  try {
    // Half a million look-ups of one patient would be most of the loading.
    await client.query('set session_replication_role = replica')
    const made: [string, unknown[]][] = [
      [
        `insert into practice (practice_id, name, time_zone, scheduler, ehr, billing, imaging) values ($1, 'Bench', 'Europe/Berlin', true, true, true, true)`,
        [practiceId],
      ],
      [`insert into patient (practice_id, id, name) values ($1, $2, 'Ada Example')`, [practiceId, patientId]],
      [
        `insert into practitioner (practice_id, id, name, active) select $1, id, 'Practitioner ' || id, true from unnest($2::uuid[]) as id`,
        [practiceId, practitionerIds],
      ],
      [
        `insert into service_replica (practice_id, service_id, code, description, length_minutes, default_modifiers, active, version)
         values ($1, $2, '90834', 'Psychotherapy', 45, '{}', true, 1)`,
        [practiceId, serviceId],
      ],
      [
        `insert into booking_settings (practice_id, enabled, buffer_before_minutes, buffer_after_minutes, slot_step_minutes,
                                       earliest_notice_minutes, furthest_days, offer_minutes)
         values ($1, true, 5, 10, 15, 1440, ${DAYS_AHEAD}, 60)`,
        [practiceId],
      ],
      [
        `insert into booking_service (practice_id, service_id, practitioner_id) select $1, $2, id from unnest($3::uuid[]) as id`,
        [practiceId, serviceId, practitionerIds],
      ],
      [
        `insert into opening_hours (practice_id, practitioner_id, weekly)
         select $1, id, (select jsonb_agg(jsonb_build_object('weekday', weekday, 'from', '08:00', 'to', '18:00')) from generate_series(1, 5) as weekday)
           from unnest($2::uuid[]) as id`,
        [practiceId, practitionerIds],
      ],
    ]
    for (const [text, values] of made) await client.query(text, values)
    const { rowCount } = await client.query(VISITS, [practiceId, patientId, practitionerIds, years])
    await client.query('vacuum analyze')
    return rowCount ?? 0
  } finally {
    await client.end()
  }
}

/** Day by day, as they came; two of the ten hours of a day are free, not the same for everybody. */
const VISITS = `
  insert into appointment (practice_id, id, kind, show_as, patient_id, practitioner_id, start_local, end_local, time_zone, start_fold,
                           end_fold, starts_at, ends_at, modifiers, automatic_modifiers, billable, session_bridge)
  select $1, gen_random_uuid(), 'client-session', 'busy', $2, practitioner, start, start + interval '45 minutes', 'Europe/Berlin',
         'earlier', 'earlier', start at time zone 'Europe/Berlin', start at time zone 'Europe/Berlin' + interval '45 minutes',
         '{}', '{}', true, false
    from generate_series(current_date + ${DAYS_AHEAD} - $4::int * 365, current_date + ${DAYS_AHEAD}, interval '1 day') as day,
         unnest($3::uuid[]) with ordinality as who (practitioner, number),
         generate_series(8, 17) as hour, lateral (select day + hour * interval '1 hour' as start) as visit
   where extract(isodow from day) < 6 and (number + hour + extract(doy from day)::int) % 5 <> 0
   order by start, number`
