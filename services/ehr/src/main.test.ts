import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  AppointmentScheduled,
  type EventContract,
  PatientChanged,
  PERMISSIONS,
  PracticeChanged,
  PractitionerChanged,
  RenderingProviderChanged,
} from '@praxisbus/contracts'
import { connectRpc, newId, openBus, RpcRefused } from '@praxisbus/runtime'
import { toCloudEvent } from '@praxisbus/runtime/bus/cloud-event.ts'
import { openLog } from '@praxisbus/runtime/log.ts'
import {
  type Api,
  api,
  database,
  type Issuer,
  issuer,
  type RunningService,
  startService,
  type TestDatabase,
  testGround,
  topicReader,
  waitFor,
} from '@praxisbus/testing'
import { reactions } from './reactions.ts'

const topicPrefix = `ehr-test-${newId().slice(-12)}.`
const [practiceId, patientId, practitionerId, appointmentId, renderingProviderId] = Array.from(
  { length: 5 },
  newId,
) as [string, string, string, string, string]
let service: RunningService
let clone: TestDatabase
let signIn: Issuer
let token: string
let therapist: Api

beforeAll(async () => {
  clone = await database('ehr')
  signIn = await issuer()
  const grant = { roles: ['therapist'], permissions: PERMISSIONS }
  token = await signIn.token({ userId: 'user-ana', name: 'Ana', practices: { [practiceId]: grant } })
  await factsOfOthers()
  service = await startService('ehr', {
    database: clone,
    ground: testGround(),
    issuer: signIn,
    topicPrefix,
    peers: { billing: { grpcAddress: '127.0.0.1:9' } },
  })
  therapist = api(service.httpUrl, token)
}, 60_000)
afterAll(async () => {
  await service?.stop()
  await signIn?.stop()
  await clone?.drop()
}, 30_000)

/** What scheduler and billing have said before the EHR starts, the visit before its patient. */
async function factsOfOthers(): Promise<void> {
  const bus = openBus(
    {
      brokers: testGround().kafka.brokers.split(','),
      clientId: 'test',
      topicPrefix,
      replicationFactor: 1,
    },
    openLog('ehr-test', 'silent'),
  )
  await bus.ensureTopics(reactions.map(({ contract }) => contract))
  const sender = bus.sender()
  const say = async <Data>(contract: EventContract<Data>, subject: string, data: Data) => {
    const from = { practiceId, time: Temporal.Now.instant() }
    const event = toCloudEvent(contract, { subject, version: 1, data }, from)
    // A topic made just now has no leader for a moment.
    const sent = () =>
      sender.send([event]).then(
        () => true,
        () => false,
      )
    await waitFor(sent, 15_000, `${contract.topic} to be taken`)
  }
  await say(AppointmentScheduled, appointmentId, {
    appointmentId,
    patientId,
    practitionerId,
    locationId: null,
    roomId: null,
    start: '2026-03-10T14:00',
    end: '2026-03-10T14:45',
    timeZone: 'America/Chicago',
    startsAt: '2026-03-10T19:00:00Z',
    endsAt: '2026-03-10T19:45:00Z',
    services: [],
    modifiers: [],
    billable: false,
    telehealthUrl: null,
  })
  await say(PracticeChanged, practiceId, {
    practiceId,
    name: 'Lakeside Counseling',
    timeZone: 'America/Chicago',
    products: { scheduler: true, ehr: true, billing: true, imaging: false },
  })
  await say(PractitionerChanged, practitionerId, {
    practitionerId,
    userId: 'user-ana',
    name: 'Ana Ruiz',
    credentials: 'LCSW',
    npi: null,
    active: true,
  })
  await say(RenderingProviderChanged, renderingProviderId, {
    renderingProviderId,
    practitionerId,
    name: 'Ana Ruiz',
    npi: '1234567893',
    active: true,
  })
  await say(PatientChanged, patientId, {
    patientId,
    name: 'Ann Smith',
    birthDate: '1984-02-29',
    email: null,
    phone: null,
    addressLines: [],
    reminderConsents: { email: false, phone: false, text: false },
    diagnosisCodes: [],
  })
  await sender.close()
  await bus.close()
}

/** Starts, writes, signs and releases the visit's encounter over HTTP. */
async function documentVisit(): Promise<string> {
  const template = await therapist.post('/v1/templates', {
    name: 'Progress note',
    plugins: ['narrative', 'diagnosis', 'procedure'],
    signerRoles: ['therapist'],
  })
  const codes = (system: string, code: string) =>
    therapist.post('/v1/code-sets', { system, codes: [{ code, description: `Words for ${code}` }] })
  await codes('icd-10-cm', 'F32.1')
  await codes('cpt', '90834')
  const started = await waitFor(
    async () => {
      const answer = await therapist.post('/v1/encounters', {
        templateId: template.body.templateId,
        appointmentId,
      })
      return answer.body.patientName && answer.body.practitionerName ? answer : undefined
    },
    15_000,
    'the facts of the others',
  )
  const path = `/v1/encounters/${started.body.encounterId}`
  const draft = {
    narrative: 'Sleeps better.',
    diagnoses: [{ code: 'F32.1' }],
    procedures: [{ code: '90834', units: 1, modifiers: ['95'], diagnosisPointers: [1] }],
  }
  expect((await therapist.put(`${path}/draft`, draft, { ifMatch: 1 })).status).toBe(200)
  expect((await therapist.post(`${path}/sign`, { confirmed: true })).body.status).toBe('signed')
  const released = await waitFor(
    async () => {
      const answer = await therapist.post(`${path}/release`, {})
      return answer.status === 200 ? answer : undefined
    },
    15_000,
    'the release',
  )
  expect(released.body.released.procedures).toHaveLength(1)
  return started.body.encounterId
}

describe('P-01 the EHR as a process', () => {
  test('E-02 E-04 E-12 one visit: facts in over Kafka, the encounter over HTTP, facts out, questions over gRPC', async () => {
    const encounterId = await documentVisit()
    const reader = await topicReader(testGround(), {
      topicPrefix,
      topics: ['encounter.started', 'encounter.signed', 'encounter.released'],
    })
    const released = await reader.until(({ topic }) => topic === 'encounter.released')
    expect(released).toMatchObject({
      key: encounterId,
      headers: { ce_type: 'praxisbus.encounter.released.v1', ce_practiceid: practiceId, ce_sequence: '4' },
      value: { encounterId, appointmentId, patientId, practitionerId, serviceDate: '2026-03-10' },
    })
    const signed = await reader.until(({ topic }) => topic === 'encounter.signed')
    expect(signed.headers.ce_sequence).toBe('3')
    await reader.until(({ topic, key }) => topic === 'encounter.started' && key === encounterId)
    await reader.stop()
    await askOverGrpc(encounterId)
  }, 60_000)
})

async function askOverGrpc(encounterId: string): Promise<void> {
  const ehr = connectRpc({
    proto: 'ehr.proto',
    service: 'praxisbus.ehr.v1.Ehr',
    address: service.grpcAddress,
  })
  const caller = { principal: { token, practiceId } }
  const expected = {
    encounterId,
    encounterNumber: 1,
    appointmentId,
    patientId,
    status: 'signed',
    released: true,
    version: 4,
  }
  expect(await ehr.call('GetVisitNotes', { appointmentId }, caller)).toEqual({ encounters: [expected] })
  expect(await ehr.call('GetVisitNotes', { appointmentId: newId() }, caller)).toEqual({ encounters: [] })
  const appointmentIds = [newId(), appointmentId]
  expect(await ehr.call('ListVisitNotes', { appointmentIds }, caller)).toEqual({ encounters: [expected] })
  expect(await ehr.call('GetEncounter', { encounterId }, caller)).toEqual(expected)
  await expect(ehr.call('GetEncounter', { encounterId: newId() }, caller)).rejects.toThrow(RpcRefused)
  await expect(ehr.call('GetVisitNotes', { appointmentId: '' }, caller)).rejects.toThrow('appointmentId')
  const grant = { roles: [], permissions: ['encounter.read' as const] }
  const reader = await signIn.token({ userId: 'u', name: 'U', practices: { [practiceId]: grant } })
  await expect(
    ehr.call('GetVisitNotes', { appointmentId }, { principal: { token: reader, practiceId } }),
  ).rejects.toThrow('visit.read')
  ehr.close()
}
