import { type Component, first } from './components.ts'
import type { Note, What } from './reading.ts'
import { readText } from './values.ts'

const LONGEST_TITLE = 200
const LONGEST_TEXT = 4_000

export function whatOf(component: Component): { what: What; notes: Note[] } {
  const notes: Note[] = []
  const text = (name: string, longest: number) => {
    const whole = readText(first(component, name)?.value ?? '').trim()
    if (whole.length > longest)
      notes.push({
        code: 'text_cut',
        property: name,
        detail: `It is longer than ${longest} characters; the rest was left out.`,
      })
    return whole.slice(0, longest).toWellFormed().trim()
  }
  const title = text('SUMMARY', LONGEST_TITLE)
  if (title === '')
    notes.push({
      code: 'no_title',
      property: 'SUMMARY',
      detail: 'It has no title; here it is called "Event".',
    })
  const free = first(component, 'TRANSP')?.value.trim().toUpperCase() === 'TRANSPARENT'
  return {
    what: {
      title: title || 'Event',
      showAs: free ? 'free' : 'busy',
      additionalInstructions: text('DESCRIPTION', LONGEST_TEXT) || null,
    },
    notes,
  }
}

/** What is read somewhere; and what is about the entry in the other calendar, not about the event. */
const CARRIED = new Set(
  [
    'UID',
    'RECURRENCE-ID',
    'DTSTART',
    'DTEND',
    'DURATION',
    'SUMMARY',
    'DESCRIPTION',
    'TRANSP',
    'RRULE',
    'RDATE',
    'EXDATE',
  ].concat(['SEQUENCE', 'DTSTAMP', 'CREATED', 'LAST-MODIFIED']),
)
const SAYS_NOTHING: Readonly<Record<string, RegExp>> = {
  STATUS: /^(CONFIRMED|CANCELLED)$/i,
  CLASS: /^PUBLIC$/i,
  PRIORITY: /^0$/,
}

/** As many broken lines of one event are told as help to find the fault. */
const MOST_LINES = 20

/** Properties and components of an event that an appointment has no place for, by name; lines that nobody can read. */
export function lostOf(component: Component): Note[] {
  const properties = component.properties
    .filter(
      ({ name, value }) =>
        !CARRIED.has(name) && value.trim() !== '' && !SAYS_NOTHING[name]?.test(value.trim()),
    )
    .map(({ name }) => name)
  const names = [...new Set([...properties, ...component.children.map(({ name }) => name)])].sort()
  return [
    ...names.map((property) => ({ code: 'not_carried', property, detail: `${property} has no place here.` })),
    ...component.bad.slice(0, MOST_LINES).map(({ line, problem }) => ({
      code: 'unreadable_line',
      detail: `Line ${line} ${problem}.`,
    })),
  ]
}
