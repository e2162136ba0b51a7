import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { type GoogleServer, startGoogle } from '@praxisbus/testing'
import { type Json, ok, type Person, until } from '../../system/clinic.ts'
import { SECRET } from './recorded.ts'

const CALENDAR = 'dana@calendar.example'

/** Google as the scheduler of this scenario meets it. */
export interface CalendarPartner {
  readonly google: GoogleServer
  readonly env: Readonly<Record<string, string>>
}

export async function openCalendarPartner(): Promise<CalendarPartner> {
  const google = await startGoogle()
  google.calendar(CALENDAR)
  return {
    google,
    env: {
      GOOGLE_CLIENT_ID: google.oauth.clientId,
      GOOGLE_CLIENT_SECRET: google.oauth.clientSecret,
      GOOGLE_TOKEN_KEY: randomBytes(32).toString('base64'),
      GOOGLE_CALENDAR_URL: google.url,
      GOOGLE_OAUTH_URL: google.oauthUrl,
      GOOGLE_POLL_SECONDS: '1',
    },
  }
}

/** S-19: visits are moved in Google, one move is taken over and one is not; then the calendar is disconnected. */
export async function playGoogle({ scheduler }: Person, { google }: CalendarPartner): Promise<void> {
  const { practitionerId } = await ok(scheduler.post('/v1/practitioners', { name: `Calendar ${SECRET}` }))
  const { patientId } = await ok(scheduler.post('/v1/patients', { name: `Moved ${SECRET}` }))
  const path = `/v1/practitioners/${practitionerId}/google-calendar`
  const { refreshToken } = google.oauth.consent()
  await ok(scheduler.post(path, { refreshToken, calendarId: CALENDAR }))
  const day = Temporal.Now.plainDateISO('America/Chicago').add({ days: 12 })
  const times = { start: `${day}T10:00`, end: `${day}T10:45` }
  await ok(scheduler.post('/v1/appointments', { patientId, practitionerId, ...times }))
  const events = () =>
    google
      .calendar(CALENDAR)
      .stored()
      .filter(({ event }) => event.status !== 'cancelled')
  const [out] = await until(
    async () => events(),
    (found) => found.length === 1,
    'the visit to be in Google',
  )
  for (const [verb, hour] of [
    ['accept', '14'],
    ['decline', '16'],
  ] as const) {
    const at = (minute: string) => ({ dateTime: `${day}T${hour}:${minute}:00`, timeZone: 'America/Chicago' })
    google.calendar(CALENDAR).change(out!.event.id!, { start: at('00'), end: at('45') }, 'patch', undefined)
    const { items } = await until(
      () => ok(scheduler.get(`/v1/calendar-proposals?practitionerId=${practitionerId}`)),
      (page: Json) => page.items.some(({ state }: Json) => state === 'open'),
      'the move to be proposed',
    )
    const open = items.find(({ state }: Json) => state === 'open')
    await ok(scheduler.post(`/v1/calendar-proposals/${open.proposalId}/${verb}`, {}))
  }
  await ok(scheduler.patch(path, { patientShownAs: 'initials' }))
  await until(
    async () => events(),
    (found) => found.every(({ event }) => event.summary !== 'Appointment'),
    'the visit to be shown by initials',
  )
  await ok(scheduler.delete(path))
}

/** S-13: a calendar is brought along. */
export async function playImport({ scheduler }: Person, practitionerId: string): Promise<void> {
  const day = Temporal.Now.plainDateISO().add({ days: 13 }).toString().replaceAll('-', '')
  const lines = [
    ...['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//x//y//EN', 'BEGIN:VEVENT', 'UID:one@elsewhere.example'],
    ...[
      `DTSTAMP:${day}T000000Z`,
      `DTSTART:${day}T130000Z`,
      `DTEND:${day}T140000Z`,
      `SUMMARY:${SECRET} retreat`,
    ],
    ...['END:VEVENT', 'END:VCALENDAR', ''],
  ]
  const path = `/v1/calendar/import?practitionerId=${practitionerId}`
  const answer = await scheduler.raw('POST', path, Buffer.from(lines.join('\r\n')), 'text/calendar')
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
}

/** Nobody signs in to Google's webhook: without the token of an open channel it hears nothing. */
export async function probeGoogleWebhook(schedulerUrl: string): Promise<number> {
  const headers = [
    {},
    { 'x-goog-channel-id': 'one', 'x-goog-channel-token': 'forged', 'x-goog-resource-state': 'exists' },
  ]
  for (const forged of headers) {
    const answer = await fetch(`${schedulerUrl}/v1/webhooks/google-calendar`, {
      method: 'POST',
      headers: forged as Record<string, string>,
    })
    assert.ok(answer.status >= 400 && answer.status < 500, `a forged notification: ${answer.status}`)
  }
  return headers.length
}
