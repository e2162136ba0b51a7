import { type Permission, ROLES, ServiceChanged } from '@praxisbus/contracts'
import { newId } from '@praxisbus/runtime'
import {
  type Answer,
  type Api,
  type Desk,
  freePorts,
  openDesk,
  STAND_IN_DEADLINE_MS,
} from '@praxisbus/testing'
import { connectBilling } from '../adapters/billing.ts'
import { connectEhr } from '../adapters/ehr.ts'
import type { LocationAnswer, PatientAnswer, PractitionerAnswer, RoomAnswer } from '../answers.ts'
import type { AppointmentAnswer } from '../appointment-answers.ts'
import { reactions } from '../reactions.ts'
import { routes } from '../routes.ts'
import { byClock, type Clock, openClock } from './clock.ts'
import { Peers } from './peers.ts'

export const PRODUCTS = { scheduler: true, ehr: true, billing: true, imaging: true }
export const PRACTICE = { name: 'Lakeside Counseling', timeZone: 'America/Chicago', products: PRODUCTS }

/** A desk of the scheduler beside its peers. */
export interface Empty {
  readonly desk: Desk
  readonly peers: Peers
  /** What HTTP requests are answered by. */
  readonly clock: Clock
  /** The practice's owner, who may do everything. */
  readonly owner: Api
  close(): Promise<void>
}

export async function openEmptyOffice(): Promise<Empty> {
  const [billingPort, ehrPort] = (await freePorts(2)) as [number, number]
  const billing = connectBilling(`127.0.0.1:${billingPort}`, STAND_IN_DEADLINE_MS)
  const ehr = connectEhr(`127.0.0.1:${ehrPort}`, STAND_IN_DEADLINE_MS)
  const clock = openClock()
  const desk = await openDesk('scheduler', { routes: byClock(routes({ billing, ehr }), clock), reactions })
  const peers = new Peers({ billing: billingPort, ehr: ehrPort })
  await peers.start(desk.peers)
  return {
    desk,
    peers,
    clock,
    owner: await desk.as({ permissions: ROLES.owner! }),
    close: async () => {
      billing.close()
      ehr.close()
      await peers.stop()
      await desk.close()
    },
  }
}

/** The same, set up: one of each. */
export interface Office extends Empty {
  readonly practitioner: PractitionerAnswer
  readonly location: LocationAnswer
  readonly telehealth: LocationAnswer
  readonly room: RoomAnswer
  readonly patient: PatientAnswer
  /** With and without an amount. */
  readonly serviceId: string
  readonly unpricedServiceId: string
  /** Schedules a session of that patient, by default a past one. */
  schedule(
    changes?: Record<string, unknown>,
  ): Promise<AppointmentAnswer & { warnings: Record<string, string>[] }>
  as(...permissions: Permission[]): Promise<Api>
}

export const PAST = { start: '2025-03-05T09:10', end: '2025-03-05T10:03' }
export const FUTURE = { start: '2090-03-06T09:10', end: '2090-03-06T10:03' }

export async function openOffice(): Promise<Office> {
  const empty = await openEmptyOffice()
  const { desk, owner } = empty
  created(await owner.put('/v1/practice', PRACTICE))
  const practitioner = created(
    await owner.post('/v1/practitioners', { name: 'Dana Reyes', credentials: 'PhD' }),
  )
  const location = created(await owner.post('/v1/locations', { name: 'Main Street', placeOfService: '11' }))
  const telehealth = created(await owner.post('/v1/locations', { name: 'Video', placeOfService: '10' }))
  const room = created(await owner.post('/v1/rooms', { name: 'Blue', locationId: location.locationId }))
  const patient = created(
    await owner.post('/v1/patients', {
      name: 'Ada Moran',
      email: 'ada@example.org',
      reminderConsents: { email: true },
    }),
  )
  const serviceId = await offer(desk, { code: '90834', amountCents: 15000 })
  const unpricedServiceId = await offer(desk, { code: '90837', amountCents: null })
  const usual = {
    patientId: patient.patientId,
    practitionerId: practitioner.practitionerId,
    locationId: location.locationId,
    services: [{ serviceId, units: 1 }],
    ...PAST,
  }
  return {
    ...empty,
    practitioner,
    location,
    telehealth,
    room,
    patient,
    serviceId,
    unpricedServiceId,
    schedule: async (changes = {}) => created(await owner.post('/v1/appointments', { ...usual, ...changes })),
    as: (...permissions) => desk.as({ permissions }),
  }
}

/** A service of billing's catalogue, told as billing tells it. */
export async function offer(
  desk: Desk,
  service: {
    code: string
    amountCents: number | null
    active?: boolean
    serviceId?: string
    version?: number
    lengthMinutes?: number
  },
): Promise<string> {
  const { serviceId = newId(), version = 1, active = true, lengthMinutes = 45, code, amountCents } = service
  const rest = { description: `Service ${code}`, lengthMinutes, defaultModifiers: [] }
  await desk.react(ServiceChanged, {
    subject: serviceId,
    version,
    data: { serviceId, code, amountCents, active, ...rest },
  })
  return serviceId
}

/** The body of an answer that is 200 or 201. */
export function created(answer: Answer) {
  if (answer.status >= 300) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`)
  return answer.body
}

/** What a refusal says: status, code and the field it names. */
export function refusalOf(answer: Answer) {
  const { type = '', errors = [] } = answer.body ?? {}
  return { status: answer.status, code: type.replace('urn:praxisbus:problem:', ''), field: errors[0]?.field }
}

/** Sessions of the office's patient with its practitioner, each on a day of its own, so that only wanted clashes happen. */
export function openCalendar(office: () => Office) {
  let day = Temporal.PlainDate.from('2091-01-08')
  const nextDay = () => {
    day = day.add({ days: 1 })
    return { date: String(day), start: `${day}T09:10`, end: `${day}T10:03` }
  }
  const body = (changes: object = {}) => {
    const { date: _, ...times } = nextDay()
    const { patientId } = office().patient
    const { practitionerId } = office().practitioner
    return { patientId, practitionerId, ...times, ...changes }
  }
  const post = (changes: object = {}) => office().owner.post('/v1/appointments', body(changes))
  return { nextDay, today: () => day, body, post }
}
