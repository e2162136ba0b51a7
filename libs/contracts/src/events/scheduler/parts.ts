import { z } from 'zod'
import { cents, instant, timeZone } from '../../fields.ts'

/** When something takes place: as its zone's clock shows it, and the instants. */
export const appointmentTimes = {
  start: z.string().describe('Wall-clock start, YYYY-MM-DDTHH:MM'),
  end: z.string().describe('Wall-clock end, YYYY-MM-DDTHH:MM'),
  timeZone,
  startsAt: instant,
  endsAt: instant,
}

/** Money taken at the desk. */
export const payment = z.object({
  amountCents: cents,
  method: z.enum(['cash', 'check', 'card', 'bank-transfer', 'other']),
  reference: z.string().nullable(),
})
