/** Every fact of the scheduler, by what it is about. A new one goes into the file of its kind. */
export * from './scheduler/appointments.ts'
export * from './scheduler/booking.ts'
export * from './scheduler/messages.ts'
export * from './scheduler/records.ts'
export * from './scheduler/visits.ts'
export * from './scheduler/waitlist.ts'
