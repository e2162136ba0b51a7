import { z } from 'zod'
import { id } from '../input.ts'

const DAY_MINUTES = 1440

/** How a practice takes bookings online (S-18), and how long it offers a freed time to somebody who waits (S-24). */
export const bookingSettings = z.strictObject({
  enabled: z.boolean(),
  bufferBeforeMinutes: z.int().min(0).max(240).default(0).describe('Kept free before a visit'),
  bufferAfterMinutes: z.int().min(0).max(240).default(0).describe('Kept free after a visit'),
  slotStepMinutes: z
    .int()
    .min(5)
    .max(240)
    .default(15)
    .describe('From one start to the next, counted from the beginning of the opening hours'),
  earliestNoticeMinutes: z
    .int()
    .min(0)
    .max(30 * DAY_MINUTES)
    .default(DAY_MINUTES)
    .describe('A booking comes at least so long before its start'),
  furthestDays: z.int().min(1).max(365).default(60).describe('Days ahead of today that are offered'),
  mostPending: z
    .int()
    .min(1)
    .max(100)
    .default(3)
    .describe('Requests of one patient that may wait for an answer at once'),
  offerMinutes: z
    .int()
    .min(5)
    .max(7 * DAY_MINUTES)
    .default(60)
    .describe('How long somebody on the waitlist has to answer an offer (S-24)'),
  services: z
    .array(
      z.strictObject({
        serviceId: id,
        practitionerIds: z
          .array(id)
          .min(1, 'names nobody who offers it')
          .max(200)
          .refine(areDifferent, 'names a practitioner twice'),
        locationId: id.nullable().default(null).describe('Of its appointments'),
      }),
    )
    .max(200)
    .refine((list) => areDifferent(list.map(({ serviceId }) => serviceId)), 'names a service twice')
    .default([])
    .describe('What is offered online, and by whom'),
})
export type BookingSettings = z.infer<typeof bookingSettings>

/** What slots are found by. */
export type BookingRules = Omit<BookingSettings, 'services'>

function areDifferent(list: readonly string[]): boolean {
  return new Set(list).size === list.length
}
