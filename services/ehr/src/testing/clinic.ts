import {
  AppointmentScheduled,
  PatientChanged,
  PERMISSIONS,
  PracticeChanged,
  PractitionerChanged,
} from '@praxisbus/contracts'
import { newId, openDatabase, type Sql, sql } from '@praxisbus/runtime'
import { type Api, type Desk, openDesk, STAND_IN_DEADLINE_MS, testGround } from '@praxisbus/testing'
import { connectBilling } from '../adapters/billing.ts'
import { reactions } from '../reactions.ts'
import { routes } from '../routes.ts'
import { type BillingPeer, billingPeer } from './billing-peer.ts'

export const THERAPIST = { userId: 'user-ana', name: 'Ana', roles: ['therapist'], permissions: PERMISSIONS }
export const SUPERVISOR = {
  userId: 'user-bo',
  name: 'Bo Lindqvist',
  roles: ['supervisor'],
  permissions: PERMISSIONS,
}

/** ICD-10-CM codes of the clinic, enough for E-13. */
// biome-ignore format: one line reads better
export const DIAGNOSES = [
  'F32.0', 'F32.1', 'F32.2', 'F33.0', 'F33.1', 'F40.01', 'F41.0', 'F41.1', 'F42.2', 'F43.10', 'F43.21', 'F50.01', 'F51.01', 'F60.3',
]
/** Header: refused on an encounter. */
export const HEADER = 'F32'

/** A practice with a patient, a practitioner, two templates and some codes, over a real database. */
export interface Clinic {
  readonly desk: Desk
  /** Billing, as far as the EHR asks it. */
  readonly peer: BillingPeer
  readonly therapist: Api
  readonly supervisor: Api
  readonly patientId: string
  readonly practitionerId: string
  /** All four plugins; the therapist signs alone. */
  readonly templateId: string
  /** The therapist and the supervisor must sign. */
  readonly cosignedTemplateId: string
  visit(fact?: { start?: string; patientId?: string; practitionerId?: string }): Promise<string>
  /** A visit's encounter with this draft saved. */
  encounter(options?: { draft?: object; templateId?: string }): Promise<{ id: string; version: number }>
  use(products: { scheduler?: boolean; ehr?: boolean; billing?: boolean }): Promise<void>
  /** As somebody with the database's administrator's password. */
  asAdmin(statement: Sql): Promise<number>
}

export const DRAFT = {
  narrative: 'Sleeps better.\nHomework: sleep diary.',
  vitals: { heightCm: 171.5, systolicMmHg: 122, diastolicMmHg: 78 },
  diagnoses: [{ code: 'F32.1' }, { code: 'F41.1' }],
  procedures: [{ code: '90834', units: 1, modifiers: ['95'], diagnosisPointers: [2, 1] }],
}

export async function openClinic(): Promise<Clinic> {
  const peer = await billingPeer()
  const billing = connectBilling(peer.address, STAND_IN_DEADLINE_MS)
  const opened = await openDesk('ehr', { routes: routes({ billing }), reactions })
  await peer.start(opened.peers)
  const close = async () => {
    billing.close()
    await peer.stop()
    await opened.close()
  }
  const desk = { ...opened, close }
  const therapist = await desk.as(THERAPIST)
  const supervisor = await desk.as(SUPERVISOR)
  let practiceVersion = 0
  const use: Clinic['use'] = ({ scheduler = true, ehr = true, billing = true }) =>
    desk.react(PracticeChanged, {
      subject: desk.practiceId,
      version: ++practiceVersion,
      data: {
        practiceId: desk.practiceId,
        name: 'Lakeside Counseling',
        timeZone: 'America/Chicago',
        products: { scheduler, ehr, billing, imaging: false },
      },
    })
  await use({})
  const patientId = await aPatient(desk)
  const practitionerId = await aPractitioner(desk)
  await loadCodes(therapist)
  const templateId = await aTemplate(therapist, 'Progress note', ['therapist'])
  const cosignedTemplateId = await aTemplate(therapist, 'Intake', ['therapist', 'supervisor'])
  const visit: Clinic['visit'] = (fact) => aVisit(desk, { patientId, practitionerId, ...fact })
  return {
    desk,
    peer,
    therapist,
    supervisor,
    patientId,
    practitionerId,
    templateId,
    cosignedTemplateId,
    visit,
    use,
    encounter: async ({ draft = DRAFT, templateId: other = templateId } = {}) => {
      const started = await therapist.post('/v1/encounters', {
        templateId: other,
        appointmentId: await visit(),
      })
      const id: string = started.body.encounterId
      const saved = await therapist.put(`/v1/encounters/${id}/draft`, draft, { ifMatch: 1 })
      if (saved.status !== 200) throw new Error(`the draft was not saved: ${JSON.stringify(saved.body)}`)
      return { id, version: saved.body.version }
    },
    asAdmin: (statement) => asAdmin(desk, statement),
  }
}

async function aPatient(desk: Desk): Promise<string> {
  const patientId = newId()
  await desk.react(PatientChanged, {
    subject: patientId,
    version: 1,
    data: {
      patientId,
      name: 'Zoë Đặng 王小明',
      birthDate: '1984-02-29',
      email: null,
      phone: null,
      addressLines: [],
      reminderConsents: { email: false, phone: false, text: false },
      diagnosisCodes: [],
    },
  })
  return patientId
}

async function aPractitioner(desk: Desk): Promise<string> {
  const practitionerId = newId()
  await desk.react(PractitionerChanged, {
    subject: practitionerId,
    version: 1,
    data: {
      practitionerId,
      userId: THERAPIST.userId,
      name: 'Ana Ruiz',
      credentials: 'LCSW',
      npi: null,
      active: true,
    },
  })
  return practitionerId
}

async function aVisit(
  desk: Desk,
  {
    patientId,
    practitionerId,
    start = '2026-03-10T14:00',
  }: { patientId: string; practitionerId: string; start?: string },
): Promise<string> {
  const appointmentId = newId()
  const timeZone = 'America/Chicago'
  const from = Temporal.PlainDateTime.from(start)
  const until = from.add({ minutes: 45 })
  await desk.react(AppointmentScheduled, {
    subject: appointmentId,
    version: 1,
    data: {
      appointmentId,
      patientId,
      practitionerId,
      locationId: null,
      roomId: null,
      start,
      end: until.toString({ smallestUnit: 'minute' }),
      timeZone,
      startsAt: from.toZonedDateTime(timeZone).toInstant().toString(),
      endsAt: until.toZonedDateTime(timeZone).toInstant().toString(),
      services: [],
      modifiers: [],
      billable: false,
      telehealthUrl: null,
    },
  })
  return appointmentId
}

async function loadCodes(user: Api): Promise<void> {
  const codes = DIAGNOSES.map((code) => ({ code, description: `Disorder ${code}` }))
  const header = { code: HEADER, description: 'Depressive episode', billable: false }
  await user.post('/v1/code-sets', { system: 'icd-10-cm', codes: [...codes, header] })
  await user.post('/v1/code-sets', {
    system: 'cpt',
    codes: [
      { code: '90834', description: 'Psychotherapy, 45 minutes' },
      { code: '90837', description: 'Psychotherapy, 60 minutes' },
    ],
  })
  await user.post('/v1/code-sets', {
    system: 'hcpcs',
    codes: [{ code: 'G0444', description: 'Annual depression screening' }],
  })
}

async function aTemplate(user: Api, name: string, signerRoles: string[]): Promise<string> {
  const plugins = ['narrative', 'vitals', 'diagnosis', 'procedure']
  const made = await user.post('/v1/templates', { name, plugins, signerRoles })
  return made.body.templateId
}

async function asAdmin(desk: Desk, statement: Sql): Promise<number> {
  const { name } = await desk.database.plain((tx) =>
    tx.one<{ name: string }>(sql`select current_database() as name`),
  )
  const url = new URL(testGround().postgres.adminUrl)
  url.pathname = `/${name}`
  const admin = openDatabase(url.href, { max: 1 })
  try {
    return await admin.plain((tx) => tx.run(statement))
  } finally {
    await admin.close()
  }
}
