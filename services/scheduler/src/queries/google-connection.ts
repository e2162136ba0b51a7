import { fields } from '@praxisbus/contracts'
import { type QueryContext, refuse, sql, type Tx } from '@praxisbus/runtime'
import { z } from 'zod'
import { ownCalendar } from '../google/connecting.ts'

export const googleConnection = z.strictObject({
  practitionerId: fields.id,
  state: z
    .enum(['connected', 'reconnect_needed', 'disconnected'])
    .describe('reconnect_needed: nothing is asked of Google until somebody connects it again'),
  calendarId: z.string(),
  patientShownAs: z.enum(['nothing', 'initials', 'name']),
  titlesShown: z.boolean(),
  connectedAt: fields.instant,
  lastSyncedAt: fields.instant.nullable().describe('When Google’s changes were last taken in'),
  lastError: z.string().nullable(),
  retryAt: fields.instant.nullable().describe('Nothing is asked of Google before'),
  channelExpiresAt: fields.instant
    .nullable()
    .describe('Until then Google tells of changes; null: it is asked'),
  queued: z.int().describe('Appointments that are still to be brought to Google'),
  failed: z
    .array(z.strictObject({ appointmentId: fields.id, error: z.string() }))
    .describe('Appointments that Google refuses, up to fifty; each is tried again when it is changed'),
  openProposals: z.int(),
  version: z.int(),
})
export type GoogleConnection = z.infer<typeof googleConnection>

/** The practitioner's connection, the latest one; without its token. */
export function connectionAnswer(tx: Tx, practitionerId: string): Promise<GoogleConnection | undefined> {
  return tx.maybe<GoogleConnection>(sql`
    select practitioner_id, state, calendar_id, patient_shown_as, titles_shown, connected_at, last_synced_at, last_error,
           case when state = 'connected' and wait_until > clock_timestamp() then wait_until end as retry_at,
           case when channel_id is not null then channel_expires_at end as channel_expires_at,
           (select count(distinct appointment_id)::int from google_push where connection_id = connection.id) as queued,
           (select coalesce(jsonb_agg(jsonb_build_object('appointmentId', appointment_id, 'error', last_error)), '[]')
              from (select appointment_id, last_error from google_event
                     where connection_id = connection.id and last_error is not null and appointment_id is not null
                     order by event_id limit 50) as failing) as failed,
           (select count(*)::int from calendar_proposal where connection_id = connection.id and state = 'open')
             as open_proposals, version
      from google_connection as connection
     where practitioner_id = ${practitionerId} order by connected_at desc, id desc limit 1`)
}

/** S-19: how the connection is doing. */
export async function getGoogleConnection(
  ctx: QueryContext,
  { practitionerId }: { readonly practitionerId: string },
) {
  const wrong = await ownCalendar(ctx, practitionerId)
  if (wrong) return wrong
  const found = await connectionAnswer(ctx.tx, practitionerId)
  if (!found)
    return refuse('not_connected', {
      detail: 'The practitioner was never connected with a Google calendar.',
      next: 'Connect one with POST /v1/practitioners/{id}/google-calendar.',
    })
  ctx.audit('google-calendar', practitionerId)
  return found
}
