import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ICAL from 'ical.js'
import type { Complaints } from './complaints.ts'

export const CALENDAR = 'calendar.ics'

/** An event of the calendar, as a client session. */
export interface PracticeVisit {
  readonly uid: string
  /** Line of the file at which the event begins. */
  readonly line: number
  readonly start: Temporal.PlainDateTime
  readonly end: Temporal.PlainDateTime
  readonly timeZone: string
  /** Ids, keys and codes as the other files of the folder have them. */
  readonly patient: string
  readonly practitioner: string
  readonly place: string | undefined
  readonly services: readonly { readonly code: string; readonly units: number }[]
  readonly telehealthUrl: string | undefined
  readonly instructions: string | undefined
}

/**
 * Reads `calendar.ics` (RFC 5545). `ATTENDEE` names the patient (`patient:<id>`), `ORGANIZER` the practitioner
 * (`practitioner:<key>`), `LOCATION` a room or location by key, `CATEGORIES` the services (`H0004 x3`: three units).
 */
export function readCalendar(folder: string, zone: string, complaints: Complaints): PracticeVisit[] {
  let text: string
  try {
    text = readFileSync(join(folder, CALENDAR), 'utf8')
  } catch {
    complaints.add(CALENDAR, '', 'is missing', `Copy examples/practice/${CALENDAR} and change it.`)
    return []
  }
  const events = parse(text, complaints)
  if (!events) return []
  if (events.length === 0) complaints.add(CALENDAR, '', 'holds no event', 'Add a VEVENT for each visit.')
  const lines = beginnings(text)
  const seen = new Set<string>()
  return events.flatMap((event, index) => {
    const reader = eventReader(event, lines[index] ?? 1, complaints)
    const visit = visitOf(reader, zone)
    if (visit && seen.has(visit.uid))
      reader.say('UID', `${visit.uid} is there twice`, 'Give each event a UID of its own.')
    if (visit) seen.add(visit.uid)
    return visit ? [visit] : []
  })
}

function parse(text: string, complaints: Complaints): ICAL.Component[] | undefined {
  try {
    const calendar = new ICAL.Component(ICAL.parse(text))
    // A cancelled visit does not take place.
    const live = (event: ICAL.Component) => event.getFirstPropertyValue('status') !== 'CANCELLED'
    return calendar.getAllSubcomponents('vevent').filter(live)
  } catch (error) {
    complaints.add(
      CALENDAR,
      '',
      `is not an iCalendar file: ${(error as Error).message}`,
      'Export it again as .ics (RFC 5545).',
    )
    return undefined
  }
}

/** Lines at which the events that count begin, in their order. */
function beginnings(text: string): number[] {
  const found: number[] = []
  let begin = 0
  let cancelled = false
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line === 'BEGIN:VEVENT') [begin, cancelled] = [index + 1, false]
    if (line === 'STATUS:CANCELLED') cancelled = true
    if (line === 'END:VEVENT' && !cancelled) found.push(begin)
  }
  return found
}

interface EventReader {
  readonly event: ICAL.Component
  readonly line: number
  say(property: string, what: string, cure: string): undefined
  text(property: string): string | undefined
}

function eventReader(event: ICAL.Component, line: number, complaints: Complaints): EventReader {
  return {
    event,
    line,
    say: (property, what, cure) => {
      complaints.add(CALENDAR, `event at line ${line}, ${property}`, what, cure)
      return undefined
    },
    text: (property) => event.getFirstPropertyValue(property)?.toString().trim() || undefined,
  }
}

function visitOf(reader: EventReader, zone: string): PracticeVisit | undefined {
  const { event, say, text } = reader
  if (event.hasProperty('rrule'))
    return say('RRULE', 'repeats', 'Write each occurrence as an event of its own.')
  const uid = text('uid')
  if (!uid) return say('UID', 'is missing', 'Give each event a UID of its own.')
  const start = momentOf(reader, 'dtstart', zone)
  const end = momentOf(reader, 'dtend', zone)
  const patient = named(reader, 'attendee', 'patient', 'ATTENDEE;CN=Avery Stone:patient:P-1001')
  const practitioner = named(
    reader,
    'organizer',
    'practitioner',
    'ORGANIZER;CN=Dana Whitfield:practitioner:dana',
  )
  const services = servicesOf(reader)
  if (!start || !end || !patient || !practitioner || !services) return undefined
  if (start.timeZone !== end.timeZone)
    return say('DTEND', 'is in another time zone than DTSTART', 'Use one zone for both.')
  if (Temporal.PlainDateTime.compare(start.local, end.local) >= 0)
    return say('DTEND', 'is not after DTSTART', 'Correct one of the two.')
  return {
    uid,
    line: reader.line,
    start: start.local,
    end: end.local,
    timeZone: start.timeZone,
    patient,
    practitioner,
    place: text('location'),
    services,
    telehealthUrl: text('url'),
    instructions: text('description'),
  }
}

/** Wall time and zone: TZID's, UTC turned into the practice's, or the practice's where the event says none. */
function momentOf({ event, say }: EventReader, property: 'dtstart' | 'dtend', zone: string) {
  const name = property.toUpperCase()
  const entry = event.getFirstProperty(property)
  const value = entry?.getFirstValue()
  if (!entry || !(value instanceof ICAL.Time))
    return say(name, 'is missing', `Write ${name} with a date and a time.`)
  if (value.isDate)
    return say(name, 'has no time of day', `Write a time: ${name};TZID=${zone}:20260302T090000`)
  const { year, month, day, hour, minute } = value
  const local = new Temporal.PlainDateTime(year, month, day, hour, minute)
  const timeZone = entry.getFirstParameter('tzid') || zone
  try {
    if (value.zone !== ICAL.Timezone.utcTimezone)
      return { local, timeZone: local.toZonedDateTime(timeZone).timeZoneId }
    return { local: local.toZonedDateTime('UTC').withTimeZone(zone).toPlainDateTime(), timeZone: zone }
  } catch {
    return say(name, `${timeZone} is not an IANA time zone`, `Write for instance TZID=${zone}.`)
  }
}

function named(
  { say, text }: EventReader,
  property: string,
  scheme: string,
  example: string,
): string | undefined {
  const value = text(property)
  const [, id] = value?.match(new RegExp(`^${scheme}:(.+)$`, 'i')) ?? []
  const what = value ? `${value} does not begin with ${scheme}:` : `is missing: it names the ${scheme}`
  return id ?? say(property.toUpperCase(), what, `For instance ${example}`)
}

function servicesOf({ event, say }: EventReader): { code: string; units: number }[] | undefined {
  const texts = event.getAllProperties('categories').flatMap((entry) => entry.getValues().map(String))
  const services = texts.map((text) => /^([0-9A-Z]{5})(?: x([1-9][0-9]{0,2}))?$/.exec(text.trim()))
  const wrong = services.indexOf(null)
  if (wrong >= 0)
    return say(
      'CATEGORIES',
      `${texts[wrong]} is no service`,
      'Write codes of practice.json: CATEGORIES:H0004 x3',
    )
  return services.map((match) => ({ code: match![1]!, units: Number(match![2] ?? 1) }))
}

/** The first day of the calendar: the one that is played. */
export const firstDay = (visits: readonly PracticeVisit[]): Temporal.PlainDate =>
  visits.map((visit) => visit.start.toPlainDate()).sort(Temporal.PlainDate.compare)[0]!
