import {
  AppointmentCheckedIn,
  EncounterReleased,
  PatientChanged,
  PracticeChanged,
  ROLES,
  SessionCompleted,
} from '@praxisbus/contracts'
import { newId, sql } from '@praxisbus/runtime'
import { type Api, type Desk, openDesk } from '@praxisbus/testing'
import type { z } from 'zod'
import type { BillingEncounter } from './queries/get-billing-encounter.ts'
import { reactions } from './reactions.ts'
import { type RouteSettings, routes } from './routes.ts'

export const MAIL_FROM = 'Fern Street Clinic <billing@fern.test>'

type DataOf<Contract extends { data: z.ZodType }> = z.output<Contract['data']>
export type Session = DataOf<typeof SessionCompleted>
export type Released = DataOf<typeof EncounterReleased>

/** A visit of one patient: the ids that all facts about it share. */
export interface Visit {
  readonly appointmentId: string
  readonly patientId: string
  readonly practitionerId: string
  readonly encounterId: string
}

export interface BillingDesk extends Desk {
  readonly biller: Api
  readonly frontDesk: Api
  visit(): Visit
  /** Registers practice and patient, as the scheduler would tell. */
  register(patientId: string, patient?: { name?: string; email?: string | null }): Promise<void>
  service(code: string, amountCents: number | null): Promise<string>
  complete(visit: Visit, session?: Partial<Session>): Promise<void>
  release(visit: Visit, released?: Partial<Released>): Promise<void>
  checkIn(visit: Visit, copayCents: number): Promise<void>
  /** The one billing encounter of the visit. */
  bill(visit: Visit): Promise<BillingEncounter>
  count(query: ReturnType<typeof sql>): Promise<number>
}

export async function openBillingDesk(settings: Partial<RouteSettings> = {}): Promise<BillingDesk> {
  const desk = await openDesk('billing', {
    routes: routes({ mailFrom: MAIL_FROM, mailServer: true, ...settings }),
    reactions: reactions({ mailFrom: MAIL_FROM }),
  })
  const biller = await desk.as({ permissions: [...ROLES.biller!] })
  const frontDesk = await desk.as({ permissions: [...ROLES['front-desk']!], userId: 'front-desk' })
  let version = 1
  const kit: Omit<BillingDesk, keyof Desk> = {
    biller,
    frontDesk,
    visit: () => ({
      appointmentId: newId(),
      patientId: newId(),
      practitionerId: newId(),
      encounterId: newId(),
    }),
    register: async (patientId, { name = 'Ada Byron', email = 'ada@patients.test' } = {}) => {
      const { practiceId } = desk
      version++
      await desk.react(PracticeChanged, {
        subject: practiceId,
        version,
        data: {
          practiceId,
          name: 'Fern Street Clinic',
          timeZone: 'America/Chicago',
          letterhead: {
            addressLines: ['4 Fern Street', 'Springfield, IL 62701'],
            phone: '+1 217 555 0100',
            taxId: '00-7654321',
            npi: '1999999984',
          },
          products: { scheduler: true, ehr: true, billing: true, imaging: true },
        },
      })
      await desk.react(PatientChanged, {
        subject: patientId,
        version,
        data: {
          patientId,
          name,
          birthDate: null,
          email,
          phone: null,
          addressLines: ['12 Elm Street', 'Springfield, IL 62701'],
          reminderConsents: { email: false, phone: false, text: false },
          diagnosisCodes: [],
        },
      })
    },
    service: async (code, amountCents) => {
      const answer = await biller.post('/v1/services', {
        code,
        description: `Service ${code}`,
        amountCents,
        lengthMinutes: 50,
      })
      return answer.body.serviceId
    },
    complete: (visit, session) =>
      desk.react(SessionCompleted, {
        subject: visit.appointmentId,
        version: 5,
        data: sessionOf(visit, session),
      }),
    release: (visit, released) =>
      desk.react(EncounterReleased, {
        subject: visit.encounterId,
        version: 9,
        data: releasedOf(visit, released),
      }),
    checkIn: ({ appointmentId, patientId }, amountCents) =>
      desk.react(AppointmentCheckedIn, {
        subject: appointmentId,
        version: 2,
        data: {
          appointmentId,
          patientId,
          checkedInAt: '2026-03-02T15:00:00Z',
          copay: { amountCents, method: 'cash', reference: null },
        },
      }),
    bill: async ({ appointmentId }) => {
      const list = await biller.get(`/v1/billing-encounters?appointmentId=${appointmentId}`)
      if (list.body.billingEncounters.length !== 1)
        throw new Error(`${list.body.billingEncounters.length} bills`)
      const { billingEncounterId } = list.body.billingEncounters[0]
      return (await biller.get(`/v1/billing-encounters/${billingEncounterId}`)).body
    },
    count: (query) =>
      desk.database.read(
        desk.practiceId,
        async (tx) => (await tx.one<{ count: number }>(sql`select count(*) from (${query}) as found`)).count,
      ),
  }
  return { ...desk, ...kit }
}

export function lineItem(
  code: string,
  unitAmountCents: number,
  more: Partial<Session['lineItems'][number]> = {},
): Session['lineItems'][number] {
  return {
    lineId: newId(),
    serviceId: newId(),
    code,
    description: `Service ${code}`,
    units: 1,
    unitAmountCents,
    discountCents: 0,
    modifiers: [],
    ...more,
  }
}

export function sessionOf(visit: Visit, more: Partial<Session> = {}): Session {
  const { appointmentId, patientId, practitionerId } = visit
  return {
    appointmentId,
    patientId,
    practitionerId,
    locationId: null,
    placeOfService: '11',
    serviceDate: '2026-03-02',
    startsAt: '2026-03-02T15:00:00Z',
    completedAt: '2026-03-02T16:00:00Z',
    paymentType: 'other',
    alreadyPaid: false,
    payment: null,
    receiptEmail: null,
    diagnosisCodes: ['F32.1'],
    lineItems: [lineItem('90834', 15_000)],
    ...more,
  }
}

export const paid = (
  amountCents: number,
  receiptEmail: string | null = 'ada@patients.test',
): Partial<Session> => ({
  alreadyPaid: true,
  payment: { amountCents, method: 'card', reference: 'auth 4711' },
  receiptEmail,
})

export function procedure(
  code: string,
  more: Partial<Released['procedures'][number]> = {},
): Released['procedures'][number] {
  return {
    lineId: newId(),
    code,
    description: `Procedure ${code}`,
    units: 1,
    modifiers: [],
    diagnosisPointers: [1],
    ...more,
  }
}

export function releasedOf(visit: Visit, more: Partial<Released> = {}): Released {
  const { appointmentId, patientId, practitionerId, encounterId } = visit
  return {
    encounterId,
    encounterNumber: 1042,
    appointmentId,
    patientId,
    practitionerId,
    renderingProviderId: null,
    serviceDate: '2026-03-02',
    releasedAt: '2026-03-02T17:00:00Z',
    diagnoses: [
      { code: 'F41.1', description: 'Generalized anxiety disorder' },
      { code: 'F32.1', description: 'Major depressive disorder, single episode, moderate' },
    ],
    procedures: [procedure('90834', { diagnosisPointers: [2, 1] })],
    ...more,
  }
}
