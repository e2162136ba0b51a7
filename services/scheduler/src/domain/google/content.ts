/** What of an appointment stands in a Google calendar, and nothing else of it. Instants are UTC, as Temporal writes them. */
export interface Content {
  readonly startsAt: string
  readonly endsAt: string
  readonly timeZone: string
  readonly summary: string
  readonly transparency: 'opaque' | 'transparent'
}

/** How much of an appointment its practice lets out. */
export interface Showing {
  readonly patientShownAs: 'nothing' | 'initials' | 'name'
  /** Of events without a patient: somebody may have written a name into one. */
  readonly titlesShown: boolean
}

export interface Shown {
  readonly patientName: string | null
  readonly title: string | null
  readonly showAs: string
  readonly startsAt: string
  readonly endsAt: string
  readonly timeZone: string
}

/** What nobody typed: stands for titles that are not shown. */
const BUSY = 'Busy'
const FREE = 'Free'
export const APPOINTMENT = 'Appointment'
const MOST_LETTERS = 200

/**
 * The appointment as the practice lets it out. Neither patient, service, place, link nor instruction leaves; the patient's
 * name or initials only where the practice says so. `agreed`: what the event is called there where its title is not ours to show.
 */
export function contentOf(appointment: Shown, showing: Showing, agreed?: string): Content {
  const { startsAt, endsAt, timeZone, showAs } = appointment
  return {
    startsAt: canonical(startsAt),
    endsAt: canonical(endsAt),
    timeZone,
    summary: summaryOf(appointment, showing, agreed),
    transparency: showAs === 'free' ? 'transparent' : 'opaque',
  }
}

function summaryOf({ patientName, title, showAs }: Shown, showing: Showing, agreed?: string): string {
  if (patientName === null) {
    if (showing.titlesShown) return title ?? BUSY
    const typedThere = agreed !== undefined && agreed !== BUSY && agreed !== FREE
    return typedThere ? agreed : showAs === 'free' ? FREE : BUSY
  }
  if (showing.patientShownAs === 'name') return patientName.slice(0, MOST_LETTERS)
  if (showing.patientShownAs === 'nothing') return APPOINTMENT
  return `${APPOINTMENT} ${initials(patientName)}`
}

function initials(name: string): string {
  const letters = name.split(/[\s-]+/).flatMap((word) => /\p{L}/u.exec(word)?.[0].toUpperCase() ?? [])
  return letters.map((letter) => `${letter}.`).join(' ')
}

/** A title as it can stand here: one line, not empty. */
export function titleOf(summary: string | undefined): string {
  const line = (summary ?? '').replaceAll(/[\p{Cc}\s]+/gu, ' ').trim()
  return line.slice(0, MOST_LETTERS).trim() || BUSY
}

export const canonical = (instant: string) => Temporal.Instant.from(instant).toString()

/** The zone only says how the same instants are shown. */
export function sameContent(one: Content | null | undefined, other: Content | null | undefined): boolean {
  if (!one || !other) return false
  return sameTimes(one, other) && one.summary === other.summary && one.transparency === other.transparency
}

export function sameTimes(one: Content, other: Content): boolean {
  return one.startsAt === other.startsAt && one.endsAt === other.endsAt
}
