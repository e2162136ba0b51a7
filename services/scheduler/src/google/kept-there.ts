import { type Refusal, refuse, sql, type Tx } from '@praxisbus/runtime'

/**
 * S-19: an event that was made in Google is Google's, also its deletion. What was changed here would be set back with the next
 * round, unseen by who changed it; so it is refused, as long as the calendar is connected.
 */
export async function keptInGoogle(
  tx: Tx,
  { appointmentId, patientId }: { readonly appointmentId: string; readonly patientId: string | null },
): Promise<Refusal<'kept_in_google'> | undefined> {
  if (patientId !== null) return undefined
  const piece = await tx.maybe(
    sql`select appointment_id from google_event_piece where appointment_id = ${appointmentId}`,
  )
  if (!piece) return undefined
  return refuse('kept_in_google', {
    detail: 'This event was made in the practitioner’s Google calendar, which decides what it says.',
    next: 'Change or delete it in Google; it follows here by itself. Or disconnect the calendar: then events that came from it and are not over go.',
  })
}
