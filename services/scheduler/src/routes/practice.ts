import { command, query, type Route } from '@praxisbus/runtime'
import { z } from 'zod'
import { locationAnswer, practiceAnswer, practitionerAnswer, roomAnswer, serviceAnswer } from '../answers.ts'
import { addLocation, locationInput } from '../commands/add-location.ts'
import { addPractitioner, practitionerInput } from '../commands/add-practitioner.ts'
import { addRoom, roomInput } from '../commands/add-room.ts'
import { changeLocation } from '../commands/change-location.ts'
import { changePractitioner } from '../commands/change-practitioner.ts'
import { changeRoom } from '../commands/change-room.ts'
import { practiceInput, setUpPractice } from '../commands/set-up-practice.ts'
import { id } from '../domain/input.ts'
import { namePage, pageOf } from '../page.ts'
import { inPractice } from '../practice.ts'
import { getLocation, listLocations } from '../queries/locations.ts'
import { getPractice } from '../queries/practice.ts'
import { getPractitioner, listPractitioners } from '../queries/practitioners.ts'
import { getRoom, listRooms } from '../queries/rooms.ts'
import { listServices } from '../queries/services.ts'
import { found } from './refusals.ts'

const page = z.strictObject(namePage)
const practitionerId = z.strictObject({ practitionerId: id })
const locationId = z.strictObject({ locationId: id })
const roomId = z.strictObject({ roomId: id })

/** S-01, S-03: the practice, who and what is in it, and the services it offers. */
export const practiceRoutes: Route[] = [
  command({
    endpoint: 'PUT /v1/practice',
    permission: 'practice.manage',
    summary: 'Set up the practice of the token, or change it (a change needs If-Match)',
    body: practiceInput,
    output: practiceAnswer,
    ifMatch: 'optional',
    run: setUpPractice,
    refusals: { unknown_time_zone: 400, version_required: 428 },
  }),
  query({
    endpoint: 'GET /v1/practice',
    permission: 'practice.read',
    summary: 'The practice of the token',
    output: practiceAnswer,
    run: inPractice(getPractice),
    refusals: { practice_not_set_up: 404 },
  }),

  command({
    endpoint: 'POST /v1/practitioners',
    permission: 'practice.manage',
    summary: 'Add a practitioner',
    body: practitionerInput,
    output: practitionerAnswer,
    status: 201,
    run: inPractice(addPractitioner),
    refusals: { practice_not_set_up: 409, user_taken: 409 },
  }),
  command({
    endpoint: 'PUT /v1/practitioners/:practitionerId',
    permission: 'practice.manage',
    summary: 'Replace a practitioner’s record',
    params: practitionerId,
    body: practitionerInput,
    output: practitionerAnswer,
    ifMatch: 'required',
    run: inPractice(changePractitioner),
    refusals: { ...found, user_taken: 409 },
  }),
  query({
    endpoint: 'GET /v1/practitioners',
    permission: 'practice.read',
    summary: 'Practitioners by name',
    query: page,
    output: pageOf(practitionerAnswer),
    run: inPractice(listPractitioners),
    refusals: { practice_not_set_up: 409 },
  }),
  query({
    endpoint: 'GET /v1/practitioners/:practitionerId',
    permission: 'practice.read',
    summary: 'One practitioner',
    params: practitionerId,
    output: practitionerAnswer,
    run: inPractice(getPractitioner),
    refusals: found,
  }),

  command({
    endpoint: 'POST /v1/locations',
    permission: 'practice.manage',
    summary: 'Add a location with its place-of-service code',
    body: locationInput,
    output: locationAnswer,
    status: 201,
    run: inPractice(addLocation),
    refusals: { practice_not_set_up: 409 },
  }),
  command({
    endpoint: 'PUT /v1/locations/:locationId',
    permission: 'practice.manage',
    summary: 'Replace a location’s record',
    params: locationId,
    body: locationInput,
    output: locationAnswer,
    ifMatch: 'required',
    run: inPractice(changeLocation),
    refusals: found,
  }),
  query({
    endpoint: 'GET /v1/locations',
    permission: 'practice.read',
    summary: 'Locations by name',
    query: page,
    output: pageOf(locationAnswer),
    run: inPractice(listLocations),
    refusals: { practice_not_set_up: 409 },
  }),
  query({
    endpoint: 'GET /v1/locations/:locationId',
    permission: 'practice.read',
    summary: 'One location',
    params: locationId,
    output: locationAnswer,
    run: inPractice(getLocation),
    refusals: found,
  }),

  command({
    endpoint: 'POST /v1/rooms',
    permission: 'practice.manage',
    summary: 'Add a room of a location',
    body: roomInput,
    output: roomAnswer,
    status: 201,
    run: inPractice(addRoom),
    refusals: { practice_not_set_up: 409, location_not_available: 409 },
  }),
  command({
    endpoint: 'PUT /v1/rooms/:roomId',
    permission: 'practice.manage',
    summary: 'Replace a room’s record',
    params: roomId,
    body: roomInput,
    output: roomAnswer,
    ifMatch: 'required',
    run: inPractice(changeRoom),
    refusals: { ...found, location_not_available: 409 },
  }),
  query({
    endpoint: 'GET /v1/rooms',
    permission: 'practice.read',
    summary: 'Rooms by name',
    query: page,
    output: pageOf(roomAnswer),
    run: inPractice(listRooms),
    refusals: { practice_not_set_up: 409 },
  }),
  query({
    endpoint: 'GET /v1/rooms/:roomId',
    permission: 'practice.read',
    summary: 'One room',
    params: roomId,
    output: roomAnswer,
    run: inPractice(getRoom),
    refusals: found,
  }),

  query({
    endpoint: 'GET /v1/services',
    permission: 'catalogue.read',
    summary: 'Billing’s services as they have arrived here, by code',
    query: page,
    output: pageOf(serviceAnswer),
    run: inPractice(listServices),
    refusals: { practice_not_set_up: 409 },
  }),
]
