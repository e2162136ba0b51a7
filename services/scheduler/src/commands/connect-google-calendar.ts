import { type CommandContext, isRefusal, may, newId, type Refusal, refuse, sql } from '@praxisbus/runtime'
import { z } from 'zod'
import { isGoogleFailure } from '../domain/google/waiting.ts'
import { id } from '../domain/input.ts'
import { type GooglePart, googleRefused, notSet, ownCalendar } from '../google/connecting.ts'
import { sealedFor } from '../google/connections.ts'
import { moment } from '../moment.ts'
import { connectionAnswer } from '../queries/google-connection.ts'

const token = z.string().trim().min(1).max(2_000)

export const shownAs = z
  .enum(['nothing', 'initials', 'name'])
  .describe('What Google is told of a patient; more than nothing needs practice.manage')

export const connectInput = z
  .strictObject({
    code: token
      .optional()
      .describe('What Google’s consent page sent back (access_type=offline, prompt=consent)'),
    redirectUri: z.url().max(2_000).optional().describe('With code: the address it was sent back to'),
    refreshToken: token.optional().describe('Instead of a code'),
    calendarId: z.string().trim().min(1).max(300).default('primary'),
    patientShownAs: shownAs.default('nothing'),
    titlesShown: z
      .boolean()
      .default(false)
      .describe('Whether titles of own events without a patient go out; true needs practice.manage'),
  })
  .refine(({ code, refreshToken }) => (code === undefined) !== (refreshToken === undefined), {
    path: ['code'],
    message: 'is required, or refreshToken; not both',
  })
  .refine(({ code, redirectUri }) => code === undefined || redirectUri !== undefined, {
    path: ['redirectUri'],
    message: 'is required beside a code',
  })
type Input = z.infer<typeof connectInput> & { readonly practitionerId: string }

export const practitionerParams = z.strictObject({ practitionerId: id })

/**
 * S-19: connects a practitioner with a Google calendar, or connects it again after the consent was lost; then what is known of its
 * events is kept. The practitioner is locked, so that an appointment made at the same moment is either seen by the first round or
 * notes itself. Refuses `google_refused` and `google_unavailable` with what Google said.
 */
export function connectGoogleCalendar(google: GooglePart | undefined) {
  return async (ctx: CommandContext, input: Input) => {
    const { tx, principal } = ctx
    const { practitionerId, patientShownAs, titlesShown } = input
    const wrong = await ownCalendar(ctx, practitionerId, 'lock')
    if (wrong) return wrong
    if (!google) return notSet()
    if ((patientShownAs !== 'nothing' || titlesShown) && !may(principal, 'practice.manage'))
      return mayNotShow()
    const account = await accountFrom(google, input)
    if (isRefusal(account)) return account
    const taken = await takenBy(ctx, account.calendarId, practitionerId)
    if (isRefusal(taken)) return taken
    const connectionId = taken?.id ?? newId()
    const sealed = google.settings.seal.seal(
      account.refreshToken,
      sealedFor(principal.practiceId, connectionId),
    )
    await tx.run(sql`
      insert into google_connection (practice_id, id, practitioner_id, calendar_id, refresh_token, state, patient_shown_as,
                                     titles_shown, pull_at, connected_at, connected_by)
      values (current_practice(), ${connectionId}, ${practitionerId}, ${account.calendarId}, ${sealed}, 'connected',
              ${patientShownAs}, ${titlesShown}, clock_timestamp(), ${moment(ctx.now)}, ${principal.userId})
      on conflict (practice_id, id) do update
         set refresh_token = excluded.refresh_token, state = 'connected', patient_shown_as = excluded.patient_shown_as,
             titles_shown = excluded.titles_shown, sync_token = null, channel_id = null, channel_resource_id = null,
             channel_expires_at = null, pull_at = clock_timestamp(), wait_until = '-infinity', attempts = 0, lease = null,
             leased_until = '-infinity', last_error = null, connected_at = excluded.connected_at,
             connected_by = excluded.connected_by, version = google_connection.version + 1`)
    ctx.audit('google-calendar', connectionId, 'connect')
    return (await connectionAnswer(tx, practitionerId))!
  }
}

async function accountFrom(
  { google }: GooglePart,
  { code, redirectUri, refreshToken: given, calendarId }: Input,
) {
  const consent = given ? { refreshToken: given } : await google.redeem(code!, redirectUri!)
  if (isGoogleFailure(consent)) return googleRefused(consent, 'code')
  const { refreshToken } = consent
  const calendar = await google.calendar({ refreshToken, calendarId })
  if (isGoogleFailure(calendar))
    return googleRefused(calendar, calendarId === 'primary' ? 'refreshToken' : 'calendarId')
  return { refreshToken, calendarId: calendar.calendarId }
}

/** The practitioner's connection to this very calendar, where it only has to be connected again. */
async function takenBy(
  { tx }: CommandContext,
  calendarId: string,
  practitionerId: string,
): Promise<{ readonly id: string } | undefined | Refusal<'already_connected' | 'calendar_taken'>> {
  const live = await tx.many<{ id: string; calendarId: string; practitionerId: string; state: string }>(sql`
    select id, calendar_id, practitioner_id, state from google_connection
     where state <> 'disconnected' and (practitioner_id = ${practitionerId} or calendar_id = ${calendarId}) for update`)
  const own = live.find((one) => one.practitionerId === practitionerId)
  if (own?.state === 'connected' || (own && own.calendarId !== calendarId))
    return refuse('already_connected', {
      detail: 'The practitioner is connected with a Google calendar.',
      next: 'Disconnect it first with DELETE /v1/practitioners/{id}/google-calendar.',
    })
  if (!own && live.length > 0)
    return refuse('calendar_taken', {
      field: 'calendarId',
      detail: 'Another practitioner of the practice is connected with this calendar.',
      next: 'Choose a calendar of the practitioner’s own.',
    })
  return own
}

export function mayNotShow(): Refusal<'may_not_show'> {
  return refuse('may_not_show', {
    field: 'patientShownAs',
    detail:
      'That Google is told names, initials or titles is for the practice to allow: it needs practice.manage.',
    next: 'Leave patientShownAs and titlesShown out, or ask who manages the practice.',
  })
}
