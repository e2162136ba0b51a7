import { json, sql, type Tx } from '@praxisbus/runtime'
import type { Content } from '../domain/google/content.ts'

/** What is known of an event in a Google calendar. */
export interface Link {
  readonly eventId: string
  readonly origin: 'praxisbus' | 'google'
  readonly appointmentId: string | null
  readonly generation: number
  readonly etag: string | null
  /** What both sides agreed on last. */
  readonly content: Content | null
  /** What was sent and may have arrived, oldest first. */
  readonly sent: readonly Content[]
  readonly gone: boolean
  readonly version: number
}

const COLUMNS = sql`event_id, origin, appointment_id, generation, etag, content, sent, gone, version`

/** Of these events, those that are known. */
export async function linksOf(
  tx: Tx,
  connectionId: string,
  eventIds: readonly string[],
): Promise<ReadonlyMap<string, Link>> {
  const rows = await tx.many<Link>(sql`
    select ${COLUMNS} from google_event where connection_id = ${connectionId} and event_id = any(${[...eventIds]}::text[])`)
  return new Map(rows.map((row) => [row.eventId, row]))
}

export function linkOf(tx: Tx, connectionId: string, appointmentId: string): Promise<Link | undefined> {
  return tx.maybe<Link>(sql`
    select ${COLUMNS} from google_event where connection_id = ${connectionId} and appointment_id = ${appointmentId}`)
}

/** The outside event that an appointment is a piece of. */
export function outsideOf(tx: Tx, connectionId: string, appointmentId: string): Promise<Link | undefined> {
  return tx.maybe<Link>(sql`
    select ${COLUMNS} from google_event
     where connection_id = ${connectionId}
       and event_id = (select event_id from google_event_piece
                        where connection_id = ${connectionId} and appointment_id = ${appointmentId})`)
}

export function addLink(
  tx: Tx,
  connectionId: string,
  link: Pick<Link, 'eventId' | 'origin' | 'appointmentId'> & Partial<Link>,
): Promise<number> {
  const { eventId, origin, appointmentId, generation = 0, etag = null, content = null, sent = [] } = link
  return tx.run(sql`
    insert into google_event (practice_id, connection_id, event_id, origin, appointment_id, generation, etag, content, sent)
    values (current_practice(), ${connectionId}, ${eventId}, ${origin}, ${appointmentId}, ${generation}, ${etag},
            ${content && json(content)}, ${json(sent)})`)
}

/** Takes over what is named; the rest stays. An error that was told is over unless it is told again. */
export function changeLink(
  tx: Tx,
  connectionId: string,
  link: Pick<Link, 'eventId'>,
  changes: Partial<Link> & { readonly lastError?: string },
): Promise<number> {
  const { eventId, generation, etag, content, sent, gone, version } = changes
  return tx.run(sql`
    update google_event
       set event_id = coalesce(${eventId ?? null}, event_id),
           generation = coalesce(${generation ?? null}::int, generation),
           etag = case when ${etag !== undefined} then ${etag ?? null} else etag end,
           content = case when ${content !== undefined} then ${content ? json(content) : null}::jsonb else content end,
           sent = coalesce(${sent ? json(sent) : null}::jsonb, sent),
           gone = coalesce(${gone ?? null}::boolean, gone),
           version = coalesce(${version ?? null}::bigint, version),
           last_error = ${changes.lastError ?? null}
     where connection_id = ${connectionId} and event_id = ${link.eventId}`)
}

/** To be looked at in this round or the next. `changedAt` null: nobody here changed it. */
export function queue(tx: Tx, connectionId: string, appointmentId: string): Promise<number> {
  return tx.run(sql`
    insert into google_push (practice_id, connection_id, appointment_id)
    values (current_practice(), ${connectionId}, ${appointmentId})`)
}

/** No patient has more visits; the bound keeps one change from growing without end. */
const MOST_OF_PATIENT = 5_000

/** All that stands in a calendar where patients are shown, past visits too: the patient is called something else by now. */
export function queuePatient(tx: Tx, patientId: string): Promise<number> {
  return tx.run(sql`
    insert into google_push (practice_id, connection_id, appointment_id)
    select current_practice(), connection.id, event.appointment_id
      from google_connection as connection
      join google_event as event on event.connection_id = connection.id
      join appointment on appointment.id = event.appointment_id
     where connection.state <> 'disconnected' and patient_shown_as <> 'nothing'
       and event.origin = 'praxisbus' and not event.gone and appointment.patient_id = ${patientId}
     order by starts_at desc limit ${MOST_OF_PATIENT}`)
}
