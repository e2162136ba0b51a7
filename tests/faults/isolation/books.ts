import type { ServiceName } from '@praxisbus/contracts'
import { type Json, ok, type Person, type Practice, until } from '../../system/clinic.ts'

/** What the rows of `money.ts` are made from: each call makes something new, so that no row stands in another's way. */
export interface Books {
  readonly person: Person
  readonly practice: Practice
  readonly patientId: string
  readonly payerId: string
  readonly planId: string
  /** A reference batch of today. */
  readonly batchId: string
  /** The account at the payment partner. */
  readonly accountId: string
  /** Stands in every text. */
  readonly name: string
  /** A visit of yesterday, as long as nothing was done with it. */
  visit(): Promise<string>
  /** A bill with one charge of 100 dollars, which the patient owes. */
  bill(): Promise<Json>
  /** A receipt of the patient over 50 dollars in escrow, or with other fields. */
  receipt(other?: object): Promise<Json>
  post(path: string, body?: object): Promise<Json>
}

export async function openBooks(
  person: Person,
  practice: Practice,
  { name, accountId }: { readonly name: string; readonly accountId: string },
): Promise<Books> {
  const post = (path: string, body: object = {}) => ok(person.billing.post(path, body))
  const { patientId } = await ok(person.scheduler.post('/v1/patients', { name: `Grace ${name}` }))
  const { payerId } = await post('/v1/payers', { name: `${name} Mutual` })
  const { plans } = await post(`/v1/payers/${payerId}/plans`, { name: `${name} Silver` })
  const batchDate = Temporal.Now.plainDateISO('America/Chicago').toString()
  const { batchId } = await post('/v1/reference-batches', { name: `${name} desk`, batchDate })
  await ok(person.billing.put('/v1/payment-partner', { accountId }))
  let hour = 0
  const visit = async () => {
    const { appointmentId } = await ok(
      person.scheduler.post('/v1/appointments', visitOf(practice, patientId, hour++ % 24)),
    )
    return appointmentId
  }
  return {
    ...{ person, practice, patientId, payerId, planId: plans[0].planId, batchId, accountId, name },
    ...{ visit, post },
    bill: async () => billOf(person, practice, await visit()),
    receipt: (other) =>
      until(
        () => post('/v1/receipts', { patientId, amountCents: 5_000, method: 'cash', ...other }),
        () => true,
        'billing to know the patient',
      ),
  }
}

function visitOf({ practitionerId, locationId, serviceId }: Practice, patientId: string, hour: number) {
  const day = Temporal.Now.plainDateISO('America/Chicago').subtract({ days: 2 })
  const at = (minute: number) => `${day}T${String(hour).padStart(2, '0')}:${minute}`
  const services = [{ serviceId, units: 1 }]
  return { patientId, practitionerId, locationId, services, start: at(10), end: at(40) }
}

async function billOf({ scheduler, billing }: Person, practice: Practice, visit: string): Promise<Json> {
  const line = { serviceId: practice.serviceId, units: 1, unitAmountCents: 10_000, modifiers: [] }
  await ok(
    scheduler.post(`/v1/appointments/${visit}/complete`, {
      paymentType: 'other',
      alreadyPaid: false,
      lineItems: [{ ...line, discountCents: 0 }],
    }),
  )
  const [found] = await until(
    async () => (await ok(billing.get(`/v1/billing-encounters?appointmentId=${visit}`))).billingEncounters,
    (list) => list[0]?.status === 'posted',
    'the bill of a completed session',
  )
  return ok(billing.get(`/v1/billing-encounters/${found.billingEncounterId}`))
}

/** What a row sends: `:id` of its endpoint is filled in. */
export interface Asked {
  readonly id?: string
  readonly body?: object
  readonly ifMatch?: number
  /** Ids in the body that the service takes without knowing them, whoever has them. */
  readonly unchecked?: readonly string[]
}

export interface Row {
  readonly service: ServiceName
  readonly endpoint: string
  readonly ask: (books: Books) => Asked | Promise<Asked>
}

export function send({ person }: Books, { service, endpoint }: Row, { id, body, ifMatch }: Asked) {
  const [method, pattern] = endpoint.split(' ') as [string, string]
  const path = pattern.replace(':id', id ?? '')
  const api = person[service]
  if (method === 'PUT') return api.put(path, body, { ifMatch })
  if (method === 'DELETE') return api.delete(path, { ifMatch })
  return api.post(path, body ?? {}, { ifMatch })
}
