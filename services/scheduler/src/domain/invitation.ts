/** The appointment as a calendar file (RFC 5545), for the patient's own calendar. Names neither patient nor practitioner. */
export function invitation(visit: {
  readonly appointmentId: string
  readonly startsAt: string
  readonly endsAt: string
  readonly practiceName: string
  readonly locationName: string | null
  readonly telehealthUrl: string | null
  /** Grows with each change of the appointment, so that a calendar takes the newer one. */
  readonly version: number
  readonly now: Temporal.Instant
}): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Praxisbus//Scheduler//EN',
    'METHOD:PUBLISH',
    'BEGIN:VEVENT',
    `UID:${visit.appointmentId}@praxisbus`,
    `SEQUENCE:${visit.version}`,
    `DTSTAMP:${stamp(visit.now)}`,
    `DTSTART:${stamp(Temporal.Instant.from(visit.startsAt))}`,
    `DTEND:${stamp(Temporal.Instant.from(visit.endsAt))}`,
    `SUMMARY:${escaped(`Appointment with ${visit.practiceName}`)}`,
    ...(visit.locationName ? [`LOCATION:${escaped(visit.locationName)}`] : []),
    ...(visit.telehealthUrl ? [`URL:${visit.telehealthUrl}`] : []),
    'END:VEVENT',
    'END:VCALENDAR',
  ]
  return lines
    .flatMap(folded)
    .map((line) => `${line}\r\n`)
    .join('')
}

function stamp(at: Temporal.Instant): string {
  return at.toString({ smallestUnit: 'second' }).replaceAll(/[-:]/g, '')
}

/** 3.3.11 */
function escaped(text: string): string {
  return text.replaceAll(/[\\;,]/g, (sign) => `\\${sign}`).replaceAll(/\r?\n|\r/g, '\\n')
}

/** 3.1: no line is longer than 75 octets, and no character is cut apart. */
function folded(line: string): string[] {
  const lines: string[] = []
  let current = ''
  let octets = 0
  for (const character of line) {
    const length = octetsOf(character)
    if (octets + length > 75) {
      lines.push(current)
      current = ' '
      octets = 1
    }
    current += character
    octets += length
  }
  return [...lines, current]
}

function octetsOf(character: string): number {
  const code = character.codePointAt(0)!
  if (code < 0x80) return 1
  if (code < 0x800) return 2
  return code < 0x1_0000 ? 3 : 4
}
