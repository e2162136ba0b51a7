import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { ROLES } from '@praxisbus/contracts'
import { connectRpc, newId, openDatabase, type Principal, sql } from '@praxisbus/runtime'
import {
  type Api,
  api,
  database,
  freePorts,
  type Issuer,
  issuer,
  type RunningService,
  startService,
  type TestDatabase,
  testGround,
  topicReader,
} from '@praxisbus/testing'
import { created, FUTURE, PAST, PRACTICE } from './testing/office.ts'
import { Peers } from './testing/peers.ts'

const practiceId = newId()
const topicPrefix = `t${newId().slice(-12)}.`
let signIn: Issuer
let clone: TestDatabase
let service: RunningService
let peers: Peers
let peerDatabase: ReturnType<typeof openDatabase>
let owner: Api
let token: string

beforeAll(async () => {
  signIn = await issuer()
  clone = await database('scheduler')
  const [billing, ehr] = (await freePorts(2)) as [number, number]
  peers = new Peers({ billing, ehr })
  peerDatabase = openDatabase(clone.appUrl)
  await peers.start(peerDatabase)
  service = await startService('scheduler', {
    database: clone,
    ground: testGround(),
    issuer: signIn,
    topicPrefix,
    peers: {
      billing: { grpcAddress: `127.0.0.1:${billing}` },
      ehr: { grpcAddress: `127.0.0.1:${ehr}` },
    },
  })
  const practices = { [practiceId]: { roles: [], permissions: ROLES.owner! } }
  token = await signIn.token({ userId: 'u-1', name: 'Owner', practices })
  owner = api(service.httpUrl, token)
}, 60_000)

afterAll(async () => {
  await service?.stop()
  await peers?.stop()
  await peerDatabase?.close()
  await signIn?.stop()
  await clone?.drop()
})

test('S-01 S-02 S-22 S-23 a visit through the running service: HTTP in, facts on Kafka, answers over gRPC', async () => {
  created(await owner.put('/v1/practice', PRACTICE))
  const { practitionerId } = created(await owner.post('/v1/practitioners', { name: 'Dana Reyes' }))
  const session = { newPatient: { name: 'Ada Moran' }, practitionerId, ...PAST }
  const { appointmentId, patientId } = created(await owner.post('/v1/appointments', session))
  const path = `/v1/appointments/${appointmentId}`
  const copay = { amountCents: 2500, method: 'cash' }
  created(await owner.post(`${path}/check-in`, { copay }))
  expect((await owner.get(`${path}/completion`)).body).toMatchObject({ billing: true, lineItems: [] })
  created(await owner.post(`${path}/complete`, { paymentType: 'other', lineItems: [] }))

  const topics = [
    'practice.changed',
    'practitioner.changed',
    'patient.changed',
    'appointment.scheduled',
    'appointment.checked-in',
    'session.completed',
  ]
  const reader = await topicReader(testGround(), { topicPrefix, topics })
  for (const topic of topics) await reader.until((message) => message.topic === topic)
  await reader.stop()
  const told = reader.messages.find((message) => message.topic === 'session.completed')!
  expect(told).toMatchObject({ key: appointmentId, value: { appointmentId, patientId } })
  expect(told.headers).toMatchObject({
    ce_type: 'praxisbus.session.completed.v1',
    ce_practiceid: practiceId,
    ce_sequence: expect.stringMatching(/3$/),
  })

  const scheduler = connectRpc({
    proto: 'scheduler.proto',
    service: 'praxisbus.scheduler.v1.Scheduler',
    address: service.grpcAddress,
  })
  const principal: Pick<Principal, 'token' | 'practiceId'> = { token, practiceId }
  try {
    expect(await scheduler.call('GetAppointment', { appointmentId }, { principal })).toEqual({
      appointmentId,
      kind: 'client-session',
      patientId,
      practitionerId,
      locationId: '',
      roomId: '',
      ...PAST,
      timeZone: 'America/Chicago',
      startsAt: '2025-03-05T15:10:00Z',
      endsAt: '2025-03-05T16:03:00Z',
      status: 'completed',
      version: 3,
    })
    expect(await scheduler.call('GetPatient', { patientId }, { principal })).toEqual({
      patientId,
      name: 'Ada Moran',
      birthDate: '',
      email: '',
      phone: '',
      version: 1,
    })
    const nobody = scheduler.call('GetPatient', { patientId: newId() }, { principal })
    await expect(nobody).rejects.toMatchObject({ code: 'NOT_FOUND' })
    const malformed = scheduler.call('GetAppointment', { appointmentId: 'x' }, { principal })
    await expect(malformed).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
    const reader = { [practiceId]: { roles: [], permissions: ['appointment.read'] } }
    const clerk = await signIn.token({ userId: 'u-2', name: 'Clerk', practices: reader })
    const forbidden = scheduler.call('GetPatient', { patientId }, { principal: { token: clerk, practiceId } })
    await expect(forbidden).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
  } finally {
    scheduler.close()
  }
}, 60_000)

test('S-18, S-24 the running service offers what becomes free to who waits, and tells it', async () => {
  const { practitionerId } = created(await owner.post('/v1/practitioners', { name: 'Lee Park' }))
  const serviceId = newId()
  await peerDatabase.write(practiceId, (tx) =>
    tx.run(sql`
      insert into service_replica (practice_id, service_id, code, description, length_minutes, default_modifiers, active, version)
      values (${practiceId}, ${serviceId}, '90834', 'Psychotherapy', 45, '{}', true, 1)`),
  )
  const session = { newPatient: { name: 'Ben Ortiz' }, practitionerId, ...FUTURE }
  const { appointmentId, patientId } = created(await owner.post('/v1/appointments', session))
  const day = FUTURE.start.slice(0, 10)
  const wanted = { patientId, serviceId, practitionerId, firstDay: day, lastDay: day }
  const { waitlistEntryId } = created(await owner.post('/v1/waitlist', wanted))
  created(await owner.post(`/v1/appointments/${appointmentId}/cancel`, { kind: 'cancelled' }))
  const reader = await topicReader(testGround(), { topicPrefix, topics: ['waitlist.offered'] })
  await reader.until((message) => message.key === waitlistEntryId)
  await reader.stop()
  expect(reader.messages[0]).toMatchObject({
    value: { waitlistEntryId, practitionerId, start: FUTURE.start },
  })
}, 60_000)
