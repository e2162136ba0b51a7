import { fields } from '@praxisbus/contracts'
import { z } from 'zod'
import { warning } from '../appointment-answers.ts'

/** What an import answers. */
const note = z.strictObject({
  code: z.string(),
  property: z.string().optional().describe('The property or component of iCalendar that it is about'),
  detail: z.string(),
})

export const importedEvent = z.strictObject({
  uid: z.string(),
  recurrenceId: z.string().nullable().describe('Of an exception of a recurring event'),
  component: z.string().describe('VEVENT; others are listed as skipped'),
  line: z.int().describe('Where it begins in the file'),
  summary: z.string().nullable(),
  outcome: z.enum(['made', 'already_there', 'changed', 'skipped']),
  reason: note.omit({ property: true }).nullable().describe('Why it was not made'),
  seriesId: fields.id.nullable(),
  appointmentIds: z.array(fields.id).describe('Of a series none but those that came besides its rule'),
  appointments: z.int().describe('How many it makes, those of its series included'),
  warnings: z.array(note).describe('What of it was lost or decided, by the name of its property'),
})
export type ImportedEvent = z.infer<typeof importedEvent>

export const importAnswer = z.strictObject({
  dryRun: z.boolean().describe('true: nothing was written, and there are no ids'),
  timeZone: fields.timeZone.describe('Taken for days and for times that name no zone'),
  timeZones: z
    .array(
      z.strictObject({
        tzid: z.string(),
        timeZone: fields.timeZone.nullable(),
        how: z.enum(['iana', 'windows', 'location', 'cities', 'offsets', 'described', 'unknown']),
      }),
    )
    .describe('How the zones that the file names were read'),
  made: z.int(),
  alreadyThere: z.int(),
  changed: z.int().describe('Brought before, and different in this file: not changed here'),
  skipped: z.int(),
  appointments: z.int(),
  events: z.array(importedEvent),
  warnings: z.array(note).describe('About lines that belong to no event'),
  clashes: z.array(warning).describe('With what was on the calendar before (S-12), twenty at most'),
})
