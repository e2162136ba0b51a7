import { type Refusal, refuse } from '@praxisbus/runtime/refusal.ts'

/** `+05:00` is an offset, not a zone: it does not say when the clock changes. */
const OFFSET = /^[+-]/

/**
 * The zone as the IANA database spells it (S-08). Refuses `unknown_time_zone`, naming the field.
 */
export function knownTimeZone(zone: string): string | Refusal<'unknown_time_zone'> {
  try {
    if (!OFFSET.test(zone)) return new Temporal.ZonedDateTime(0n, zone).timeZoneId
  } catch (error) {
    if ((error as Error).name !== 'RangeError') throw error
  }
  return refuse('unknown_time_zone', {
    field: 'timeZone',
    detail: `${zone} is not a time zone of the IANA database.`,
    next: 'Send a name such as America/Chicago or Europe/Berlin.',
  })
}
