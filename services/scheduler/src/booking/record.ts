import { type CommandContext, isRefusal, type Tx } from '@praxisbus/runtime'
import type { AppointmentRecord } from '../appointment-rows.ts'
import { keptTimes } from '../domain/local-time.ts'
import { modifiersFor } from '../domain/modifiers.ts'
import { MINUTE_MS } from '../domain/recurrence/calendar.ts'
import { momentAt } from '../domain/recurrence/instants.ts'
import { isBillable } from '../domain/schedule.ts'
import { type CatalogueService, findLocation } from '../lookups.ts'

interface Booked {
  readonly patientId: string
  readonly practitionerId: string
  readonly service: CatalogueService & { readonly lengthMinutes: number }
  readonly locationId: string | null
  readonly timeZone: string
  readonly startMs: number
}

/** A client session of one service, as it comes from a booking or from the waitlist. Its times are those of the practice's clock. */
export async function bookedRecord(
  ctx: Pick<CommandContext, 'newId'> & { readonly tx: Tx },
  { patientId, practitionerId, service, locationId, timeZone, startMs }: Booked,
): Promise<AppointmentRecord> {
  const location = locationId === null ? null : await findLocation(ctx.tx, locationId, { evenInactive: true })
  const placeOfService = location === null || isRefusal(location) ? null : location.placeOfService
  const modifiers = modifiersFor([], placeOfService)
  if (isRefusal(modifiers)) throw new Error('a line without modifiers has room for one')
  const start = momentAt(timeZone, startMs)
  const end = momentAt(timeZone, startMs + service.lengthMinutes * MINUTE_MS)
  const { serviceId, code, description, amountCents } = service
  const services = [{ serviceId, code, description, amountCents, units: 1 }]
  return {
    appointmentId: ctx.newId(),
    kind: 'client-session',
    patientId,
    practitionerId,
    locationId,
    roomId: null,
    timeZone,
    ...keptTimes({ start, end }),
    services,
    modifiers: modifiers.all,
    automaticModifiers: modifiers.automatic,
    billable: isBillable(services),
    ...NOTHING_MORE,
    version: 1,
  }
}

const NOTHING_MORE = {
  telehealthUrl: null,
  additionalInstructions: null,
  reminders: [],
  sessionBridge: false,
  medium: null,
  contactWith: null,
  title: null,
  showAs: 'busy',
  seriesId: null,
  occurrenceLocal: null,
} as const
