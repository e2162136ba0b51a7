import { command, query, type Route, webhook } from '@praxisbus/runtime'
import { z } from 'zod'
import { changeGoogleCalendar, changeGoogleInput } from '../commands/change-google-calendar.ts'
import {
  connectGoogleCalendar,
  connectInput,
  practitionerParams,
} from '../commands/connect-google-calendar.ts'
import { acceptProposal, declineProposal } from '../commands/decide-proposal.ts'
import { disconnectGoogleCalendar } from '../commands/disconnect-google-calendar.ts'
import { hearGoogle, readNotification, whoseChannel } from '../commands/hear-google.ts'
import { id } from '../domain/input.ts'
import type { GooglePart } from '../google/connecting.ts'
import { inPractice } from '../practice.ts'
import { calendarProposal, listProposals, proposalsInput } from '../queries/calendar-proposals.ts'
import { getGoogleConnection, googleConnection } from '../queries/google-connection.ts'
import type { Peers } from '../visit-state.ts'
import { changing, found, inTheWay, visit } from './refusals.ts'

const proposalId = z.strictObject({ proposalId: id })
const ofPractitioner = { ...found, not_own_calendar: 403 } as const
const path = '/v1/practitioners/:practitionerId/google-calendar'

/** S-19: Google calendars, and what was done in them to visits. */
export function googleRoutes(peers: Peers, google: GooglePart | undefined): Route[] {
  return [
    command({
      endpoint: `POST ${path}`,
      permission: 'google-calendar.connect',
      summary: 'Connect a practitioner with a Google calendar, kept in step both ways',
      params: practitionerParams,
      body: connectInput,
      output: googleConnection,
      status: 201,
      run: inPractice(connectGoogleCalendar(google)),
      refusals: {
        ...ofPractitioner,
        google_not_set: 503,
        may_not_show: 403,
        already_connected: 409,
        calendar_taken: 409,
        google_refused: 422,
        google_unavailable: 503,
      },
    }),
    query({
      endpoint: `GET ${path}`,
      permission: 'google-calendar.connect',
      summary: 'How the connection is doing: last sync, errors, channel, what is queued',
      params: practitionerParams,
      output: googleConnection,
      run: inPractice(getGoogleConnection),
      refusals: { ...ofPractitioner, not_connected: 404 },
    }),
    command({
      endpoint: `PATCH ${path}`,
      permission: 'google-calendar.connect',
      summary: 'Say anew what Google is told of a patient; what stands there is written anew',
      params: practitionerParams,
      body: changeGoogleInput,
      output: googleConnection,
      ifMatch: 'optional',
      run: inPractice(changeGoogleCalendar),
      refusals: { ...ofPractitioner, not_connected: 409, may_not_show: 403 },
    }),
    command({
      endpoint: `DELETE ${path}`,
      permission: 'google-calendar.connect',
      summary: 'Disconnect: stops the channel and gives the consent back',
      params: practitionerParams,
      output: googleConnection,
      run: inPractice(disconnectGoogleCalendar(google)),
      refusals: { ...ofPractitioner, google_not_set: 503, not_connected: 409 },
    }),
    query({
      endpoint: 'GET /v1/calendar-proposals',
      permission: 'appointment.read',
      summary: 'Visits that were moved or deleted in Google and wait for a yes or no',
      query: proposalsInput,
      output: z.strictObject({ items: z.array(calendarProposal) }),
      run: inPractice(listProposals),
      refusals: { practice_not_set_up: 409 },
    }),
    command({
      endpoint: 'POST /v1/calendar-proposals/:proposalId/accept',
      permission: 'appointment.write',
      summary: 'Move or cancel the visit as it was in Google, by the rules of those verbs',
      params: proposalId,
      output: calendarProposal,
      run: inPractice(acceptProposal(peers)),
      refusals: {
        ...changing,
        ...visit,
        ...inTheWay,
        already_decided: 409,
        already_cancelled: 409,
        already_checked_in: 409,
        not_begun: 409,
        billing_off: 409,
      },
    }),
    command({
      endpoint: 'POST /v1/calendar-proposals/:proposalId/decline',
      permission: 'appointment.write',
      summary: 'Leave the visit as it is, and put Google’s event back to that',
      params: proposalId,
      output: calendarProposal,
      run: inPractice(declineProposal),
      refusals: { ...found, already_decided: 409 },
    }),
    webhook({
      endpoint: 'POST /v1/webhooks/google-calendar',
      summary: 'Google tells that something changed in a calendar',
      sender: 'google',
      signedIn: 'X-Goog-Channel-Token',
      output: z.strictObject({ received: z.boolean() }),
      verify: readNotification(google?.settings),
      find: whoseChannel,
      run: hearGoogle,
      refusals: { google_not_set: 503, not_ours: 401 },
    }),
  ]
}
