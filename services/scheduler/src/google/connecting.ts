import { type CommandContext, may, type QueryContext, type Refusal, refuse, sql } from '@praxisbus/runtime'
import type { GoogleCalendar } from '../adapters/google-calendar.ts'
import type { GoogleFailure } from '../domain/google/waiting.ts'
import { notFound } from '../lookups.ts'
import type { GoogleSettings } from './settings.ts'

/** What the verbs need of Google; without it the installation has none. */
export interface GooglePart {
  readonly google: GoogleCalendar
  readonly settings: GoogleSettings
}

/** A calendar is its owner's: others need practice.manage. `lock`: against appointments that are being made. */
export async function ownCalendar(
  { tx, principal }: CommandContext | QueryContext,
  practitionerId: string,
  lock: 'lock' | 'look' = 'look',
): Promise<Refusal<'not_found' | 'not_own_calendar'> | undefined> {
  const found = await tx.maybe<{ userId: string | null }>(
    lock === 'lock'
      ? sql`select user_id from practitioner where id = ${practitionerId} for update`
      : sql`select user_id from practitioner where id = ${practitionerId}`,
  )
  if (!found) return notFound('practitioner', practitionerId)
  if (found.userId === principal.userId || may(principal, 'practice.manage')) return undefined
  return refuse('not_own_calendar', {
    detail: 'This is the calendar of another person.',
    next: 'Sign in as that practitioner, or ask who manages the practice.',
  })
}

export function notSet(): Refusal<'google_not_set'> {
  return refuse('google_not_set', {
    detail: 'This installation is not set up for Google calendars.',
    next: 'Set GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET and GOOGLE_TOKEN_KEY for the scheduler.',
  })
}

export function googleRefused(
  failure: GoogleFailure,
  field: string,
): Refusal<'google_refused' | 'google_unavailable'> {
  const away = failure.failed === 'away' || failure.failed === 'busy'
  if (away) return refuse('google_unavailable', { detail: failure.message, next: 'Try again in a moment.' })
  return refuse('google_refused', {
    field,
    detail: failure.message,
    next: 'Let Google ask for the consent again, with the calendar’s account, and send what it gives.',
  })
}
