import { AppointmentDeleted } from '@praxisbus/contracts'
import { type CommandContext, refuse, SealBroken, sql } from '@praxisbus/runtime'
import { isGoogleFailure } from '../domain/google/waiting.ts'
import { type GooglePart, notSet, ownCalendar } from '../google/connecting.ts'
import { sealedFor } from '../google/connections.ts'
import { moment } from '../moment.ts'
import { connectionAnswer } from '../queries/google-connection.ts'

interface Row {
  readonly id: string
  readonly calendarId: string
  readonly refreshToken: string
  readonly channelId: string | null
  readonly channelResourceId: string | null
}

/**
 * S-19: ends a connection: stops its channel and gives the consent back. Events that came from Google and are not over leave our
 * calendar, since nobody would keep them true; those of ours stay in Google as they are. Where Google cannot be asked it ends all
 * the same, and the answer says so.
 */
export function disconnectGoogleCalendar(google: GooglePart | undefined) {
  return async (ctx: CommandContext, { practitionerId }: { readonly practitionerId: string }) => {
    const wrong = await ownCalendar(ctx, practitionerId, 'lock')
    if (wrong) return wrong
    if (!google) return notSet()
    const row = await ctx.tx.maybe<Row>(sql`
      select id, calendar_id, refresh_token, channel_id, channel_resource_id from google_connection
       where practitioner_id = ${practitionerId} and state <> 'disconnected' for update`)
    if (!row)
      return refuse('not_connected', {
        detail: 'The practitioner is not connected with a Google calendar.',
        next: 'Read GET /v1/practitioners/{id}/google-calendar.',
      })
    const trouble = await giveBack(google, ctx.principal.practiceId, row)
    await ctx.tx.run(sql`
      update google_connection
         set state = 'disconnected', refresh_token = null, disconnected_at = ${moment(ctx.now)}, last_error = ${trouble},
             channel_id = null, lease = null, version = version + 1
       where id = ${row.id}`)
    await removeOutside(ctx, row.id)
    await ctx.tx.run(sql`delete from google_push where connection_id = ${row.id}`)
    await ctx.tx.run(sql`
      update calendar_proposal
         set state = 'superseded', decided_at = clock_timestamp(), decided_by = ${ctx.principal.userId}, version = version + 1
       where connection_id = ${row.id} and state = 'open'`)
    ctx.audit('google-calendar', row.id, 'disconnect')
    return (await connectionAnswer(ctx.tx, practitionerId))!
  }
}

async function giveBack(
  { google, settings }: GooglePart,
  practiceId: string,
  row: Row,
): Promise<string | null> {
  const refreshToken = opened(settings.seal.open, row, practiceId)
  if (refreshToken === undefined) return 'The consent could not be given back: its key was changed.'
  const { calendarId, channelId: id, channelResourceId: resourceId } = row
  if (id && resourceId) await google.unwatch({ refreshToken, calendarId }, { id, resourceId })
  const revoked = await google.revoke(refreshToken)
  return isGoogleFailure(revoked)
    ? `The consent could not be given back; take it back in the Google account. ${revoked.message}`
    : null
}

function opened(
  open: GooglePart['settings']['seal']['open'],
  row: Row,
  practiceId: string,
): string | undefined {
  try {
    return open(row.refreshToken, sealedFor(practiceId, row.id))
  } catch (error) {
    if (error instanceof SealBroken) return undefined
    throw error
  }
}

async function removeOutside(ctx: CommandContext, connectionId: string): Promise<void> {
  const deletedAt = moment(ctx.now)
  const removed = await ctx.tx.many<{ id: string; version: number }>(sql`
    update appointment set status = 'deleted', deleted_at = ${deletedAt}, version = version + 1
     where id in (select appointment_id from google_event_piece where connection_id = ${connectionId})
       and status <> 'deleted' and ends_at > ${deletedAt}
    returning id, version`)
  for (const { id: subject, version } of removed) {
    const data = { appointmentId: subject, patientId: null, deletedAt }
    ctx.record(AppointmentDeleted, { subject, version, data })
    ctx.audit('appointment', subject, 'delete')
  }
  await ctx.tx.run(sql`delete from google_event where connection_id = ${connectionId}`)
}
