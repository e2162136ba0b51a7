import { createHash } from 'node:crypto'
import { calendarIdOf } from '../google.ts'
import { type GoogleSettings, googleCalendarUrl } from '../services.ts'
import { DayFault } from './desk.ts'
import type { Json } from './ensure.ts'
import type { Scene } from './scene.ts'

const TIMEOUT_MS = 10_000
/** Where Google sends people back to after its consent page; the code is taken from there. */
const BACK = 'https://practice.example/google'
const DAYS_AHEAD = 4
const TITLE = 'Dentist'

/** A Google account as its owner has it on their telephone: another program, with a consent of its own. */
interface Account {
  readonly calendarId: string
  readonly url: string
  readonly token: string
}

export interface PlayedGoogle {
  readonly practitionerId: string
  readonly account: Account
  /** When the practitioner is busy by what they entered in Google. */
  readonly busyAt: string
}

/** S-19: a practitioner connects their Google calendar, and enters an hour there in which they are busy. */
export async function playGoogle(
  { desk, people, practice, ids, say }: Scene,
  google: GoogleSettings,
  date: Temporal.PlainDate,
): Promise<PlayedGoogle> {
  const { key, name } = practice.about.practitioners[0]!
  const practitionerId = ids.practitioners.get(key)!
  say(`${name} connects a Google calendar`)
  const path = `/v1/practitioners/${practitionerId}/google-calendar`
  const found = await desk.find(people.clinician(key), 'scheduler', path)
  // Of an earlier run; a consent that was lost since is given again.
  const present = found?.body.state === 'connected' ? found.body.calendarId : undefined
  const calendarId = present ?? calendarIdOf(key)
  if (!present) {
    const code = await consent(google)
    await desk.post(people.clinician(key), 'scheduler', path, { code, redirectUri: BACK, calendarId })
  }
  const account = { calendarId, url: googleCalendarUrl(google), token: await tokenFor(google) }
  say(`${name} is busy elsewhere`)
  const start = date.add({ days: DAYS_AHEAD }).toPlainDateTime('16:00')
  const { timeZone } = practice.about
  await asGoogle(account, 'POST', '', {
    // The same on the same day, so that it is there once; Google's ids have letters up to v.
    id: `dentist${createHash('sha256').update(`${practice.practiceId} ${date}`).digest('hex').slice(0, 24)}`,
    summary: TITLE,
    start: { dateTime: start.toString(), timeZone },
    end: { dateTime: start.add({ hours: 1 }).toString(), timeZone },
  })
  return { practitionerId, account, busyAt: start.toString({ smallestUnit: 'minute' }) }
}

/** What of our calendar stands in Google's as it should, and what came from there. `isOurs`: what of this calendar is to be there. */
export async function readGoogle(
  { desk, people }: Pick<Scene, 'desk' | 'people'>,
  { practitionerId, account, busyAt }: PlayedGoogle,
  date: Temporal.PlainDate,
  isOurs: (item: Json) => boolean,
) {
  const [from, to] = [date.add({ days: 1 }), date.add({ days: GOOGLE_DAYS })]
  const path = `/v1/calendar?from=${from}&to=${to}&practitionerId=${practitionerId}`
  const { body } = await desk.get(people.frontDesk, 'scheduler', path)
  const items: Json[] = body.items
  const { items: there } = (await asGoogle(account, 'GET', '?maxResults=2500')) as { items: Event[] }
  const events = new Map(
    there.map((event) => [event.extendedProperties?.private.praxisbusAppointment, event]),
  )
  return {
    inGoogle: items.filter(isOurs).filter((item) => isShown(item, events.get(String(item.appointmentId))))
      .length,
    fromGoogle: items.filter(
      ({ kind, title, showAs, start }) =>
        kind === 'other-event' && title === TITLE && showAs === 'busy' && start === busyAt,
    ).length,
  }
}

/** Days after the day that are looked at; the scheduler shows six weeks at once. */
export const GOOGLE_DAYS = 42

interface Event {
  readonly summary: string
  readonly start: { readonly dateTime: string }
  readonly end: { readonly dateTime: string }
  readonly extendedProperties?: { readonly private: Readonly<Record<string, string>> }
}

/** Google knows when, and nobody's name. */
function isShown(item: Json, event: Event | undefined): boolean {
  const same = (ours: unknown, theirs: string) =>
    Temporal.Instant.compare(Temporal.Instant.from(String(ours)), Temporal.Instant.from(theirs)) === 0
  return (
    event !== undefined &&
    event.summary === (item.patientId ? 'Appointment' : 'Busy') &&
    same(item.startsAt, event.start.dateTime) &&
    same(item.endsAt, event.end.dateTime)
  )
}

/** The consent page, which sends back a code. */
async function consent({ url, clientId }: GoogleSettings): Promise<string> {
  const query = new URLSearchParams({
    ...{ client_id: clientId, redirect_uri: BACK, response_type: 'code' },
    ...{
      scope: 'https://www.googleapis.com/auth/calendar.events',
      access_type: 'offline',
      prompt: 'consent',
    },
  })
  const answer = await fetch(`${url}/o/oauth2/v2/auth?${query}`, {
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  const code = new URL(answer.headers.get('location') ?? BACK).searchParams.get('code')
  if (code) return code
  throw notAsHoped(`The consent page answered ${answer.status}: ${await answer.text()}`)
}

async function tokenFor(google: GoogleSettings): Promise<string> {
  const { url, clientId, clientSecret } = google
  const answer = await fetch(`${url}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      ...{ client_id: clientId, client_secret: clientSecret, redirect_uri: BACK },
      ...{ grant_type: 'authorization_code', code: await consent(google) },
    }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  const { access_token: token } = (await answer.json()) as { access_token?: string }
  if (token) return token
  throw notAsHoped(`The sign-in answered ${answer.status}.`)
}

/** Events of the account's calendar. What is there already (409) is as well. */
async function asGoogle({ url, calendarId, token }: Account, method: string, query: string, body?: object) {
  const answer = await fetch(`${url}/calendars/${encodeURIComponent(calendarId)}/events${query}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  if (answer.ok || answer.status === 409) return answer.json()
  throw notAsHoped(`${method} of the calendar’s events answered ${answer.status}: ${await answer.text()}`)
}

const notAsHoped = (what: string) => new DayFault(`The stand-in for Google: ${what}`, 'This is a defect.')
