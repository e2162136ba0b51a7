import type { AppointmentRecord } from '../appointment-rows.ts'
import type { Single } from '../domain/ical/pieces.ts'
import type { Carried, Entry } from '../domain/ical/plan.ts'
import type { What } from '../domain/ical/reading.ts'
import type { Details, SeriesRecord } from '../series/rows.ts'

/** The rows that entries of a file become. */
export interface Rows {
  readonly series: SeriesRecord[]
  readonly records: AppointmentRecord[]
  /** Of `records`, those that the calendar took out of their series. */
  readonly gone: Set<string>
  readonly byEntry: Map<Entry, { seriesId: string | null; ids: string[]; count: number }>
}

export function rowsOf(
  entries: readonly { readonly entry: Entry; readonly carried: Carried }[],
  practitionerId: string,
  newId: () => string,
): Rows {
  const rows: Rows = { series: [], records: [], gone: new Set(), byEntry: new Map() }
  const of = (entry: Entry) => {
    const made = rows.byEntry.get(entry) ?? { seriesId: null, ids: [], count: 0 }
    rows.byEntry.set(entry, made)
    return made
  }
  for (const { entry, carried } of entries) {
    const made = of(entry)
    for (const single of carried.singles) {
      const record = recordOf(single, practitionerId, newId())
      rows.records.push(record)
      made.ids.push(record.appointmentId)
      made.count++
    }
    if (!carried.series) continue
    const { series, record } = seriesOf(carried, practitionerId, newId)
    rows.series.push(series)
    made.seriesId = series.seriesId
    for (const slot of carried.series.slots) {
      const change = carried.series.moved.get(slot.occurrenceLocal)
      const one = record(slot, change?.single)
      rows.records.push(one)
      if (carried.series.gone.has(slot.occurrenceLocal)) rows.gone.add(one.appointmentId)
      else made.count++
      const by = carried.changedBy.get(slot.occurrenceLocal)
      if (by) Object.assign(of(by), { seriesId: series.seriesId, ids: [one.appointmentId] })
    }
  }
  return rows
}

function seriesOf({ series }: Carried, practitionerId: string, newId: () => string) {
  const { rule, start, end, timeZone, madeBefore, finished, what } = series!
  const details = detailsOf(what, practitionerId)
  const row: SeriesRecord = {
    ...{ rule, start, end, timeZone, madeBefore, finished, details },
    seriesId: newId(),
    splitFrom: null,
    version: 1,
  }
  const record = (
    slot: NonNullable<Carried['series']>['slots'][number],
    change: Single | undefined,
  ): AppointmentRecord => ({
    ...(change
      ? recordOf(change, practitionerId, newId())
      : { ...details, ...slot, appointmentId: newId(), timeZone, version: 1 }),
    seriesId: row.seriesId,
    occurrenceLocal: slot.occurrenceLocal,
  })
  return { series: row, record }
}

function recordOf(
  { what, ...times }: Single,
  practitionerId: string,
  appointmentId: string,
): AppointmentRecord {
  return {
    ...detailsOf(what, practitionerId),
    ...times,
    appointmentId,
    seriesId: null,
    occurrenceLocal: null,
    version: 1,
  }
}

/** Of an other-event (S-07). */
function detailsOf({ title, showAs, additionalInstructions }: What, practitionerId: string): Details {
  return {
    kind: 'other-event',
    patientId: null,
    practitionerId,
    locationId: null,
    roomId: null,
    services: [],
    modifiers: [],
    automaticModifiers: [],
    billable: false,
    telehealthUrl: null,
    additionalInstructions,
    reminders: [],
    sessionBridge: false,
    medium: null,
    contactWith: null,
    title,
    showAs,
  }
}
