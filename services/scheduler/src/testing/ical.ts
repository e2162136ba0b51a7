import type { Answer, Api } from '@praxisbus/testing'

/** A calendar of these lines, with the line ends of the RFC. */
export const calendarOf = (...lines: string[]) =>
  `${['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Test//EN', ...lines, 'END:VCALENDAR'].join('\r\n')}\r\n`

/** An event of these lines. */
export const eventOf = (...lines: string[]) => ['BEGIN:VEVENT', ...lines, 'END:VEVENT'].join('\r\n')

/** Sends a file to a practitioner's calendar. */
export function sendCalendar(
  api: Api,
  practitionerId: string,
  file: string | Uint8Array,
  query = '',
): Promise<Answer> {
  return api.raw(
    'POST',
    `/v1/calendar/import?practitionerId=${practitionerId}${query}`,
    file,
    'text/calendar',
  )
}
