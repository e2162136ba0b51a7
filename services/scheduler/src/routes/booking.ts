import { command, query, type Route } from '@praxisbus/runtime'
import { z } from 'zod'
import { appointmentAnswer, scheduledAnswer } from '../appointment-answers.ts'
import {
  bookingAnswer,
  bookingSettingsAnswer,
  offerAnswer,
  openingHoursAnswer,
  slotsAnswer,
} from '../booking-answers.ts'
import { acceptRequest } from '../commands/accept-request.ts'
import { declineRequest } from '../commands/decline-request.ts'
import { requestBooking } from '../commands/request-booking.ts'
import { setOpeningHours } from '../commands/set-opening-hours.ts'
import { setUpBooking } from '../commands/set-up-booking.ts'
import { withdrawRequest } from '../commands/withdraw-request.ts'
import { declineInput } from '../domain/booking/answer.ts'
import { openingHours } from '../domain/booking/hours.ts'
import { bookingInput } from '../domain/booking/request.ts'
import { bookingSettings } from '../domain/booking/settings.ts'
import { id } from '../domain/input.ts'
import { inPractice, onCalendar } from '../practice.ts'
import { getBookingOffer, getBookingSettings, getOpeningHours } from '../queries/booking-settings.ts'
import { bookingSlots, getBookingRequest, slotsInput } from '../queries/booking-slots.ts'
import { appointmentId, found } from './refusals.ts'

const practitionerId = z.strictObject({ practitionerId: id })
const onTheCalendar = { practice_not_set_up: 409, scheduler_off: 409 } as const
const answering = {
  ...found,
  appointment_deleted: 410,
  not_pending: 409,
  request_lapsed: 409,
} as const

/** S-18: booking online. Patients have no sign-in here: a client with `booking.request` acts for them. */
export const bookingRoutes: Route[] = [
  command({
    endpoint: 'PUT /v1/booking/settings',
    permission: 'practice.manage',
    summary: 'Say how the practice takes bookings online, or change it (a change needs If-Match)',
    body: bookingSettings,
    output: bookingSettingsAnswer,
    ifMatch: 'optional',
    run: inPractice(setUpBooking),
    refusals: {
      practice_not_set_up: 409,
      version_required: 428,
      service_not_available: 409,
      practitioner_not_available: 409,
      location_not_available: 409,
    },
  }),
  query({
    endpoint: 'GET /v1/booking/settings',
    permission: 'practice.read',
    summary: 'How the practice takes bookings online',
    output: bookingSettingsAnswer,
    run: inPractice(getBookingSettings),
    refusals: { practice_not_set_up: 409 },
  }),
  command({
    endpoint: 'PUT /v1/practitioners/:practitionerId/opening-hours',
    permission: 'practice.manage',
    summary: 'Say when a practitioner takes bookings, or change it (a change needs If-Match)',
    params: practitionerId,
    body: openingHours,
    output: openingHoursAnswer,
    ifMatch: 'optional',
    run: inPractice(setOpeningHours),
    refusals: { ...found, version_required: 428 },
  }),
  query({
    endpoint: 'GET /v1/practitioners/:practitionerId/opening-hours',
    permission: 'practice.read',
    summary: 'When a practitioner takes bookings',
    params: practitionerId,
    output: openingHoursAnswer,
    run: inPractice(getOpeningHours),
    refusals: found,
  }),
  query({
    endpoint: 'GET /v1/booking/offer',
    permission: 'booking.request',
    summary: 'Services that can be booked online, and with whom',
    output: offerAnswer,
    run: onCalendar(getBookingOffer),
    refusals: onTheCalendar,
  }),
  query({
    endpoint: 'GET /v1/booking/slots',
    permission: 'booking.request',
    summary: 'Slots that can be booked online',
    query: slotsInput,
    output: slotsAnswer,
    run: onCalendar(bookingSlots),
    refusals: {
      ...onTheCalendar,
      to_before_from: 400,
      too_many_days: 400,
      booking_off: 409,
      service_not_offered: 409,
    },
  }),
  command({
    endpoint: 'POST /v1/booking/requests',
    permission: 'booking.request',
    summary: 'Ask for a slot; it is held until staff accept or decline',
    body: bookingInput,
    output: bookingAnswer,
    status: 201,
    run: onCalendar(requestBooking),
    refusals: {
      ...onTheCalendar,
      booking_off: 409,
      service_not_offered: 409,
      wrong_length: 400,
      too_short_notice: 409,
      too_far_ahead: 409,
      outside_hours: 409,
      not_a_slot: 409,
      slot_taken: 409,
      patient_not_available: 409,
      too_many_pending: 409,
    },
  }),
  query({
    endpoint: 'GET /v1/booking/requests/:appointmentId',
    permission: 'booking.request',
    summary: 'What became of a request',
    params: appointmentId,
    output: bookingAnswer,
    run: inPractice(getBookingRequest),
    refusals: found,
  }),
  command({
    endpoint: 'POST /v1/booking/requests/:appointmentId/withdraw',
    permission: 'booking.request',
    summary: 'Withdraw a request that nobody has answered',
    params: appointmentId,
    output: bookingAnswer,
    run: inPractice(withdrawRequest),
    refusals: answering,
  }),
  command({
    endpoint: 'POST /v1/appointments/:appointmentId/accept',
    permission: 'appointment.write',
    summary: 'Accept what a patient asked for online',
    params: appointmentId,
    output: scheduledAnswer,
    ifMatch: 'optional',
    run: inPractice(acceptRequest),
    refusals: answering,
  }),
  command({
    endpoint: 'POST /v1/appointments/:appointmentId/decline',
    permission: 'appointment.write',
    summary: 'Decline what a patient asked for online',
    params: appointmentId,
    body: declineInput,
    output: appointmentAnswer,
    ifMatch: 'optional',
    run: inPractice(declineRequest),
    refusals: answering,
  }),
]
