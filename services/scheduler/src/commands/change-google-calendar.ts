import { type CommandContext, may, refuse, sql, staleWrite } from '@praxisbus/runtime'
import { z } from 'zod'
import type { Showing } from '../domain/google/content.ts'
import { ownCalendar } from '../google/connecting.ts'
import { connectionAnswer } from '../queries/google-connection.ts'
import { mayNotShow, shownAs } from './connect-google-calendar.ts'

export const changeGoogleInput = z.strictObject({ patientShownAs: shownAs })
type Input = z.infer<typeof changeGoogleInput> & { readonly practitionerId: string }

/**
 * S-19: says anew what Google is told of a patient, without disconnecting. What stands in Google already is written anew. Less
 * may be said by whose calendar it is; more than nothing needs practice.manage. Refuses `not_connected`, `may_not_show`, `stale`.
 */
export async function changeGoogleCalendar(ctx: CommandContext, { practitionerId, patientShownAs }: Input) {
  const { tx, principal } = ctx
  const wrong = await ownCalendar(ctx, practitionerId)
  if (wrong) return wrong
  const found = await tx.maybe<Pick<Showing, 'patientShownAs'> & { id: string; version: number }>(sql`
    select id, patient_shown_as, version from google_connection
     where practitioner_id = ${practitionerId} and state <> 'disconnected' for update`)
  if (!found)
    return refuse('not_connected', {
      detail: 'The practitioner is not connected with a Google calendar.',
      next: 'Connect one with POST /v1/practitioners/{id}/google-calendar.',
    })
  const stale = staleWrite(ctx, found.version)
  if (stale) return stale
  if (patientShownAs !== 'nothing' && !may(principal, 'practice.manage')) return mayNotShow()
  if (patientShownAs !== found.patientShownAs) {
    // The lease is taken away: a round that is under way would go on writing what was shown before.
    await tx.run(sql`
      update google_connection
         set patient_shown_as = ${patientShownAs}, lease = null, leased_until = '-infinity', version = version + 1
       where id = ${found.id}`)
    // Looked at like any change: the worker writes those whose words differ now, also past ones.
    await tx.run(sql`
      insert into google_push (practice_id, connection_id, appointment_id)
      select current_practice(), connection_id, appointment_id
        from google_event join appointment on appointment.id = appointment_id
       where connection_id = ${found.id} and origin = 'praxisbus' and not gone and patient_id is not null
       order by starts_at desc`)
    ctx.audit('google-calendar', found.id, `show patients as ${patientShownAs}`)
  }
  return (await connectionAnswer(tx, practitionerId))!
}
