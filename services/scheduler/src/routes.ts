import type { Route } from '@praxisbus/runtime'
import type { Billing } from './adapters/billing.ts'
import type { Ehr } from './adapters/ehr.ts'
import type { GooglePart } from './google/connecting.ts'
import { appointmentRoutes } from './routes/appointments.ts'
import { bookingRoutes } from './routes/booking.ts'
import { calendarRoutes } from './routes/calendar.ts'
import { feedbackRoutes } from './routes/feedback.ts'
import { googleRoutes } from './routes/google.ts'
import { icalRoutes } from './routes/ical.ts'
import { patientRoutes } from './routes/patients.ts'
import { practiceRoutes } from './routes/practice.ts'
import { reminderRoutes } from './routes/reminders.ts'
import { visitRoutes } from './routes/visits.ts'
import { waitlistRoutes } from './routes/waitlist.ts'

/** All that this service does over HTTP. */
export function routes(parts: {
  readonly billing: Billing
  readonly ehr: Ehr
  readonly google?: GooglePart
}): Route[] {
  const { google, ...peers } = parts
  return [
    ...practiceRoutes,
    ...patientRoutes,
    ...appointmentRoutes(peers),
    ...visitRoutes(peers),
    ...calendarRoutes,
    ...icalRoutes,
    ...reminderRoutes,
    ...bookingRoutes,
    ...waitlistRoutes,
    ...feedbackRoutes,
    ...googleRoutes(peers, google),
  ]
}
