import { isDeepStrictEqual } from 'node:util'
import type { Practice } from '../practice/folder.ts'
import { type Desk, until } from './desk.ts'
import { ensureAll, type Json, listAll } from './ensure.ts'
import type { People } from './people.ts'

/** Ids by the keys of the practice folder. */
export interface Ids {
  readonly practitioners: ReadonlyMap<string, string>
  readonly locations: ReadonlyMap<string, string>
  readonly rooms: ReadonlyMap<string, string>
  readonly patients: ReadonlyMap<string, string>
  /** By code. */
  readonly services: ReadonlyMap<string, string>
  readonly payers: ReadonlyMap<string, string>
  /** By `payer/plan`. */
  readonly plans: ReadonlyMap<string, string>
  readonly templates: ReadonlyMap<string, string>
}

/** S-01, B-01, E-01, E-14: what must be there before the first patient comes. What an earlier run made is found again. */
export async function setUp(
  desk: Desk,
  people: People,
  practice: Practice,
  say: (what: string) => void,
): Promise<Ids> {
  say('practice, practitioners, locations, rooms')
  await setUpPractice(desk, people.owner, practice)
  const places = await setUpPlaces(desk, people.owner, practice)
  say('catalogue, payers, rendering providers')
  const billing = await setUpBilling(desk, people.owner, practice, places.practitioners)
  say('templates and code sets')
  const templates = await setUpNotes(desk, people.owner, practice)
  say(`${practice.patients.length} patients`)
  const patients = await ensureAll(
    desk,
    {
      who: people.frontDesk,
      service: 'scheduler',
      path: '/v1/patients',
      list: 'items',
      id: 'patientId',
      same: ['name', 'birthDate'],
      changeable: true,
    },
    practice.patients.map(({ id, ...record }) => [id, record]),
  )
  await catalogueArrived(desk, people.frontDesk, practice)
  return { ...places, ...billing, templates, patients }
}

async function setUpPractice(desk: Desk, owner: string, { about }: Practice): Promise<void> {
  const body = {
    name: about.name,
    timeZone: about.timeZone,
    letterhead: about.letterhead,
    products: { scheduler: true, ehr: true, billing: true, imaging: true },
  }
  const present = await desk.find(owner, 'scheduler', '/v1/practice')
  await desk.put(owner, 'scheduler', '/v1/practice', body, present?.body.version)
}

async function setUpPlaces(desk: Desk, owner: string, { about }: Practice) {
  const at = (path: string, id: string, same: string[]) =>
    ({ who: owner, service: 'scheduler', path, list: 'items', id, same, changeable: true }) as const
  const practitioners = await ensureAll(
    desk,
    at('/v1/practitioners', 'practitionerId', ['userId']),
    about.practitioners.map(({ key, name, signIn, credentials = null, npi = null }) => [
      key,
      { name, userId: signIn, credentials, npi, active: true },
    ]),
  )
  const locations = await ensureAll(
    desk,
    at('/v1/locations', 'locationId', ['name']),
    about.locations.map(({ key, name, placeOfService }) => [key, { name, placeOfService, active: true }]),
  )
  const rooms = await ensureAll(
    desk,
    at('/v1/rooms', 'roomId', ['name', 'locationId']),
    about.rooms.map(({ key, name, location }) => [
      key,
      { name, locationId: locations.get(location), active: true },
    ]),
  )
  return { practitioners, locations, rooms }
}

async function setUpBilling(
  desk: Desk,
  owner: string,
  { about }: Practice,
  practitioners: ReadonlyMap<string, string>,
) {
  const at = { who: owner, service: 'billing' } as const
  const services = await ensureAll(
    desk,
    { ...at, path: '/v1/services', list: 'services', id: 'serviceId', same: ['code'], changeable: true },
    about.services.map((service) => [service.code, { ...service, active: true }]),
  )
  const payers = await ensureAll(
    desk,
    { ...at, path: '/v1/payers', list: 'payers', id: 'payerId', same: ['name'], changeable: false },
    about.payers.map(({ key, name, payerNumber = null }) => [key, { name, payerNumber }]),
  )
  const plans = new Map<string, string>()
  for (const payer of about.payers) {
    for (const plan of payer.plans)
      plans.set(`${payer.key}/${plan.key}`, await ensurePlan(desk, owner, payers.get(payer.key)!, plan.name))
  }
  await ensureAll(
    desk,
    {
      ...at,
      path: '/v1/rendering-providers',
      list: 'renderingProviders',
      id: 'renderingProviderId',
      same: ['npi'],
      changeable: false,
    },
    about.renderingProviders.map(({ practitioner, name, npi }) => [
      npi,
      { name, npi, practitionerId: practitioners.get(practitioner) },
    ]),
  )
  return { services, payers, plans }
}

interface Payer {
  readonly payerId: string
  readonly plans: readonly { readonly planId: string; readonly name: string }[]
}

async function ensurePlan(desk: Desk, owner: string, payerId: string, name: string): Promise<string> {
  const payers = (await listAll(desk, {
    who: owner,
    service: 'billing',
    path: '/v1/payers',
    list: 'payers',
  })) as unknown as Payer[]
  const named = (payer: Payer | undefined) => payer?.plans.find((plan) => plan.name === name)?.planId
  const present = named(payers.find((payer) => payer.payerId === payerId))
  if (present) return present
  return named((await desk.post(owner, 'billing', `/v1/payers/${payerId}/plans`, { name })).body)!
}

async function setUpNotes(
  desk: Desk,
  owner: string,
  { about, codes }: Practice,
): Promise<Map<string, string>> {
  for (const [system, set] of Map.groupBy(codes, (code) => code.system)) {
    const body = { system, codes: set.map(({ code, description }) => ({ code, description })) }
    await desk.post(owner, 'ehr', '/v1/code-sets', body)
  }
  return ensureAll(
    desk,
    {
      who: owner,
      service: 'ehr',
      path: '/v1/templates',
      list: 'templates',
      id: 'templateId',
      same: ['name'],
      changeable: false,
    },
    about.templates.map(({ key, name, plugins, signerRoles }) => [key, { name, plugins, signerRoles }]),
  )
}

/** S-03: the scheduler has its copy of the catalogue from a topic; until it is there nothing can be scheduled with it. */
async function catalogueArrived(desk: Desk, who: string, { about }: Practice): Promise<void> {
  const inBrief = ({ code, amountCents, description }: Json) => ({ code, amountCents, description })
  const wanted = about.services.map((service) => inBrief(service))
  await until("billing's catalogue to arrive at the scheduler", async () => {
    const there = (
      await listAll(desk, { who, service: 'scheduler', path: '/v1/services', list: 'items' })
    ).map(inBrief)
    return wanted.every((service) => there.some((entry) => isDeepStrictEqual(entry, service)))
  })
}
