import { command, query, type Route } from '@praxisbus/runtime'
import { importCalendar, importInput, MOST_FILE_BYTES } from '../commands/import-calendar.ts'
import { importAnswer } from '../ical/answer.ts'
import { inPractice, onCalendar } from '../practice.ts'
import { exportCalendar, exportInput } from '../queries/export-calendar.ts'

/** S-13: calendars as other programs have them (iCalendar, RFC 5545). */
export const icalRoutes: Route[] = [
  command({
    endpoint: 'POST /v1/calendar/import',
    permission: 'appointment.write',
    summary: 'Bring a calendar along: the events of an iCalendar file become other-events of a practitioner',
    query: importInput,
    file: { types: ['text/calendar'], maxBytes: MOST_FILE_BYTES },
    output: importAnswer,
    run: onCalendar(importCalendar),
    refusals: {
      practice_not_set_up: 409,
      scheduler_off: 409,
      practitioner_not_available: 422,
      unknown_time_zone: 422,
      empty_file: 400,
      not_text: 422,
      not_utf8: 422,
      not_icalendar: 422,
      truncated_file: 422,
      too_deep: 422,
      too_many_components: 422,
      too_many_appointments: 422,
    },
  }),
  query({
    endpoint: 'GET /v1/calendar/export',
    permission: 'appointment.read',
    summary: 'The calendar of some days as an iCalendar file; patients are named where asked for and allowed',
    query: exportInput,
    output: 'binary',
    run: inPractice(exportCalendar),
    refusals: {
      practice_not_set_up: 409,
      to_before_from: 400,
      too_many_days: 400,
      too_many_events: 422,
      may_not_name: 403,
    },
  }),
]
