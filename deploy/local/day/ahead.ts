import type { Practice } from '../practice/folder.ts'
import type { Reachable } from '../services.ts'
import type { Asking } from './asking.ts'
import { MEETINGS, playCalendar, readCalendarAhead } from './calendar.ts'
import type { Json } from './ensure.ts'
import { playGoogle, readGoogle } from './google.ts'
import { playMessages, readMessages, remindable } from './messages.ts'
import { aheadInGoogle, type Played } from './played.ts'
import type { Told } from './result.ts'
import type { Scene } from './scene.ts'
import { playWaitlist, readWaitlist } from './waitlist.ts'

/** What is done for the weeks to come, and what of it is left out here and why. */
export async function playAhead(scene: Scene, around: Reachable, date: Temporal.PlainDate, told: Told) {
  const planned = told('calendar')
  const calendar = await playCalendar(scene, date)
  planned(`${MEETINGS} meetings, made and moved as a series; one visit booked online and accepted`)
  const { google: settings, mailbox } = around
  const connected = told('google')
  const google = settings && (await playGoogle(scene, settings, date))
  if (google) connected(`${google.account.calendarId} connected, at the stand-in; a busy hour entered there`)
  const offered = told('waitlist')
  const waitlist = await playWaitlist(scene, date)
  offered('a visit called off, its time offered to somebody who waited, and accepted')
  const withoutEmail = whyNoEmail(around, scene.practice)
  const emailed = told('messages')
  const messages = withoutEmail ? undefined : await playMessages(scene, date, waitlist.appointmentId)
  if (messages) emailed('a reminder whose moment had come, and a confirmation, by email')
  const leftOut = leftOutOf(around, withoutEmail)
  return { calendar, google, waitlist, messages, mailbox, leftOut }
}

export function whyNoEmail({ sendsEmail }: Reachable, practice: Practice): string | undefined {
  if (!sendsEmail) return 'the scheduler has no mail server here'
  if (remindable(practice).length === 0) return 'nobody in the practice folder agreed to emails'
  return undefined
}

/** Scenes and questions that this system, or this folder, has not what it takes for. */
export function leftOutOf(
  { paysOnline, google, mailbox }: Reachable,
  withoutEmail: string | undefined,
): string[] {
  return [
    ...(paysOnline ? [] : ['Paying online: no stand-in for Stripe runs here, so it is invoiced.']),
    ...(google ? [] : ['A Google calendar: no stand-in for Google runs here.']),
    ...(withoutEmail ? [`A reminder and a confirmation: ${withoutEmail}.`] : []),
    ...(withoutEmail || mailbox ? [] : ['Counting emails in the mailbox: the day cannot look into it here.']),
  ]
}

/** The same, as those who own it have it. */
export async function readAhead(asking: Asking, played: Played) {
  const { calendar, waitlist, messages, google, mailbox, date } = played
  const { events } = asking
  const made = new Set([
    ...aheadInGoogle(played).map(({ appointmentId }) => appointmentId),
    ...[calendar.requestId, waitlist.appointmentId, messages?.reminder],
  ])
  const isOurs = ({ appointmentId, seriesId }: Json) =>
    made.has(String(appointmentId)) || (seriesId !== null && seriesId === calendar.seriesId)
  const told = new Set(messages && [messages.reminder, messages.confirmation])
  return {
    ...(await readCalendarAhead(asking, calendar)),
    ...(await readWaitlist(asking, waitlist)),
    ...(messages && (await readMessages(asking, messages, mailbox))),
    ...(google && (await readGoogle(asking, google, date, isOurs))),
    factsWaited: events.count(
      'waitlist.accepted',
      ({ appointmentId }) => appointmentId === waitlist.appointmentId,
    ),
    ...(messages && {
      factsReminded: events.count('reminder.sent', ({ appointmentId }) => told.has(String(appointmentId))),
    }),
  }
}
