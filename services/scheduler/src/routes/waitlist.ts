import { command, query, type Route } from '@praxisbus/runtime'
import { z } from 'zod'
import { acceptOffer } from '../commands/accept-offer.ts'
import { changeWaitlistEntry } from '../commands/change-waitlist-entry.ts'
import { declineOffer } from '../commands/decline-offer.ts'
import { joinWaitlist } from '../commands/join-waitlist.ts'
import { leaveWaitlist } from '../commands/leave-waitlist.ts'
import { id } from '../domain/input.ts'
import { waitlistChange, waitlistInput } from '../domain/waitlist.ts'
import { pageOf } from '../page.ts'
import { inPractice, onCalendar } from '../practice.ts'
import { getOffer, getWaitlistEntry, listWaitlist, waitlistQuery } from '../queries/waitlist.ts'
import { offerAnswer, waitlistEntryAnswer, waitlistItem } from '../waitlist-answers.ts'
import { found } from './refusals.ts'

const entryId = z.strictObject({ waitlistEntryId: id })
const offerId = z.strictObject({ offerId: id })
const wanting = {
  practice_not_set_up: 409,
  window_over: 409,
  service_not_available: 409,
  service_not_offered: 409,
  practitioner_not_available: 409,
} as const
const answering = { ...found, offer_over: 409, offer_lapsed: 409 } as const

/** S-24: the waitlist. As for booking, a client with `booking.request` acts for patients; only staff see the line. */
export const waitlistRoutes: Route[] = [
  command({
    endpoint: 'POST /v1/waitlist',
    permission: 'booking.request',
    summary: 'Let a patient wait for a time that becomes free',
    body: waitlistInput,
    output: waitlistEntryAnswer,
    status: 201,
    run: onCalendar(joinWaitlist),
    refusals: { ...wanting, scheduler_off: 409, patient_not_available: 409 },
  }),
  query({
    endpoint: 'GET /v1/waitlist',
    permission: 'appointment.read',
    summary: 'The line, in the order in which patients entered it',
    query: waitlistQuery,
    output: pageOf(waitlistItem),
    run: inPractice(listWaitlist),
    refusals: { practice_not_set_up: 409 },
  }),
  query({
    endpoint: 'GET /v1/waitlist/:waitlistEntryId',
    permission: 'booking.request',
    summary: 'One entry, with what it is offered',
    params: entryId,
    output: waitlistEntryAnswer,
    run: inPractice(getWaitlistEntry),
    refusals: found,
  }),
  command({
    endpoint: 'PUT /v1/waitlist/:waitlistEntryId',
    permission: 'booking.request',
    summary: 'Replace what a patient waits for; the place in the line stays',
    params: entryId,
    body: waitlistChange,
    output: waitlistEntryAnswer,
    ifMatch: 'required',
    run: inPractice(changeWaitlistEntry),
    refusals: { ...found, ...wanting, offer_open: 409, entry_over: 409 },
  }),
  command({
    endpoint: 'POST /v1/waitlist/:waitlistEntryId/withdraw',
    permission: 'booking.request',
    summary: 'Wait no more; what was offered goes to the next',
    params: entryId,
    output: waitlistEntryAnswer,
    ifMatch: 'optional',
    run: inPractice(leaveWaitlist),
    refusals: { ...found, entry_over: 409 },
  }),
  query({
    endpoint: 'GET /v1/waitlist/offers/:offerId',
    permission: 'booking.request',
    summary: 'One offer',
    params: offerId,
    output: offerAnswer,
    run: inPractice(getOffer),
    refusals: found,
  }),
  command({
    endpoint: 'POST /v1/waitlist/offers/:offerId/accept',
    permission: 'booking.request',
    summary: 'Accept an offer: the appointment is scheduled',
    params: offerId,
    output: offerAnswer,
    run: onCalendar(acceptOffer),
    refusals: { ...answering, scheduler_off: 409, practitioner_not_available: 409 },
  }),
  command({
    endpoint: 'POST /v1/waitlist/offers/:offerId/decline',
    permission: 'booking.request',
    summary: 'Decline an offer; it goes to the next who waits',
    params: offerId,
    output: offerAnswer,
    run: inPractice(declineOffer),
    refusals: answering,
  }),
]
