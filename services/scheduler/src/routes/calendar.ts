import { command, query, type Route } from '@praxisbus/runtime'
import { z } from 'zod'
import { recomputeAnswer, recomputeInput, recomputeTimeZones } from '../commands/recompute-time-zones.ts'
import { id } from '../domain/input.ts'
import { inPractice } from '../practice.ts'
import { calendarAnswer, calendarInput, getCalendar } from '../queries/calendar.ts'
import {
  getSeries,
  listOccurrences,
  occurrencesAnswer,
  occurrencesInput,
  seriesAnswer,
} from '../queries/series.ts'
import { found } from './refusals.ts'

const seriesId = z.strictObject({ seriesId: id })

/** S-08, S-13: the calendar as a whole, and what recurs on it. */
export const calendarRoutes: Route[] = [
  query({
    endpoint: 'GET /v1/calendar',
    permission: 'appointment.read',
    summary: 'Everything that takes place on some days, of all practitioners or of one',
    query: calendarInput,
    output: calendarAnswer,
    run: inPractice(getCalendar),
    refusals: { practice_not_set_up: 409, to_before_from: 400, too_many_days: 400, too_many_events: 422 },
  }),
  query({
    endpoint: 'GET /v1/series/:seriesId',
    permission: 'appointment.read',
    summary: 'One series: its rule, and how far its appointments are made',
    params: seriesId,
    output: seriesAnswer,
    run: inPractice(getSeries),
    refusals: found,
  }),
  query({
    endpoint: 'GET /v1/series/:seriesId/occurrences',
    permission: 'appointment.read',
    summary: 'The occurrences of a series from a local time on, however far away',
    params: seriesId,
    query: occurrencesInput,
    output: occurrencesAnswer,
    run: inPractice(listOccurrences),
    refusals: found,
  }),
  command({
    endpoint: 'POST /v1/time-zones/recompute',
    permission: 'practice.manage',
    summary:
      'After an update of time-zone rules: compute the instants of what is to come anew, so many at once',
    query: recomputeInput,
    output: recomputeAnswer,
    run: inPractice(recomputeTimeZones),
    refusals: { practice_not_set_up: 409 },
  }),
]
