import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { PERMISSIONS } from '@praxisbus/contracts'
import { openAuth } from '../auth.ts'
import { openDatabase } from '../db.ts'
import { newId } from '../ids.ts'
import { refuse } from '../refusal.ts'
import { RpcRefused, RpcUnavailable } from './client.ts'
import { rpcMethod } from './method.ts'
import type { GrpcServer } from './server.ts'
import { BROKEN, ehr, MISSING, openTrial, plainCall, SLOW, thrown } from './test-server.ts'

let trial: Awaited<ReturnType<typeof openTrial>>
let server: GrpcServer
const practiceId = newId()

beforeAll(async () => {
  trial = await openTrial()
  server = await trial.start()
})
afterAll(() => trial.close())

const client = (port = server.port) => trial.client(port)
const plain = (port = server.port) => trial.plainClient(port)
const reader = (practices: string[] = [practiceId]) =>
  trial.caller(['encounter.read', 'visit.read'], practices)

describe('P-01 a question over gRPC', () => {
  test('is answered in the practice of the caller alone, and leaves an audit entry (P-06)', async () => {
    const encounterId = newId()
    const [here, there] = [await reader(), await reader([newId()])]
    const ask = (principal: typeof here) => client().call('GetEncounter', { encounterId }, { principal })
    expect(await ask(here)).toMatchObject({
      encounterId,
      encounterNumber: 0,
      patientId: 'user-1',
      released: true,
    })
    expect(await ask(here)).toMatchObject({ encounterNumber: 1, version: Number.MAX_SAFE_INTEGER })
    expect(await ask(there)).toMatchObject({ encounterNumber: 0 })
  })

  test('goes on in the trace of the caller', async () => {
    const traceId = 'abcdefabcdefabcdefabcdefabcdefab'
    const traceparent = `00-${traceId}-abcdefabcdefabcd-01`
    const answer = await client().call(
      'GetEncounter',
      { encounterId: newId() },
      { principal: await reader(), traceparent },
    )
    expect(answer.status).toBe(traceId)
  })

  test('H1 P-06 of somebody who works for seventy practices, with every permission in each, is answered', async () => {
    const practices = [practiceId, ...Array.from({ length: 69 }, newId)]
    const { token } = await trial.caller(PERMISSIONS, practices)
    expect(token.length).toBeGreaterThan(50_000)
    const ask = client().call('GetEncounter', { encounterId: newId() }, { principal: { token, practiceId } })
    expect(await ask).toMatchObject({ encounterNumber: 0 })
  })

  test('asked for the second of two practices is answered there', async () => {
    const [first, second] = [newId(), newId()]
    const { token } = await reader([first, second])
    const ask = (practice: string) =>
      client().call('GetEncounter', { encounterId: first }, { principal: { token, practiceId: practice } })
    await ask(first)
    expect(await ask(second)).toMatchObject({ encounterNumber: 0 })
    expect(await ask(first)).toMatchObject({ encounterNumber: 1 })
  })

  test('that is refused says why and what next, in any script', async () => {
    const error = await thrown(
      client().call('GetEncounter', { encounterId: MISSING }, { principal: await reader() }),
    )
    expect(error).toBeInstanceOf(RpcRefused)
    expect(error).toMatchObject({
      code: 'NOT_FOUND',
      refusal: {
        refused: 'no_encounter',
        field: 'encounterId',
        detail: 'Es gibt keine – 没有.',
        next: 'Look it up again.',
        extra: { known: ['ä', 1] },
      },
    })
  })

  test.each([
    ['not-a-uuid', 'is not of the form this field has'],
    ['', 'is not of the form this field has'],
    ['0\u0000', 'is not of the form this field has'],
  ])('with the id %j is an invalid argument that names the field', async (encounterId, why) => {
    const error = await thrown(client().call('GetEncounter', { encounterId }, { principal: await reader() }))
    expect(error).toMatchObject({
      code: 'INVALID_ARGUMENT',
      refusal: { refused: 'invalid_input', field: 'encounterId', detail: `encounterId: ${why}` },
    })
  })

  test.each([
    ['x', 'appointmentId: Invalid UUID'],
    ['', 'appointmentId: is required'],
  ])('with the input %j is refused by the schema of its row', async (appointmentId, detail) => {
    const error = await thrown(
      client().call('GetVisitNotes', { appointmentId }, { principal: await reader() }),
    )
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', refusal: { field: 'appointmentId', detail } })
  })

  test('whose query fails says nothing but the trace, which the log has', async () => {
    const { token } = await reader()
    const answer = await plainCall(
      plain(),
      'GetEncounter',
      { encounterId: BROKEN },
      { authorization: `Bearer ${token}` },
    )
    expect(answer.code).toBe('INTERNAL')
    expect(answer.details).not.toContain('secret')
    const traceId = /trace ([0-9a-f]{32})$/.exec(answer.details)![1]!
    const line = trial.logged.find((entry) => entry.includes(traceId))!
    expect(JSON.parse(line)).toMatchObject({
      traceId,
      method: 'praxisbus.ehr.v1.Ehr/GetEncounter',
      err: { message: 'secret inside' },
    })
  })

  test('is counted with its method and code', async () => {
    trial.calls.length = 0
    const principal = await reader()
    await client().call('GetVisitNotes', { appointmentId: newId() }, { principal })
    await thrown(client().call('GetEncounter', { encounterId: MISSING }, { principal }))
    expect(trial.calls).toEqual([
      { method: 'praxisbus.ehr.v1.Ehr/GetVisitNotes', code: 'OK', ms: expect.any(Number) },
      { method: 'praxisbus.ehr.v1.Ehr/GetEncounter', code: 'NOT_FOUND', ms: expect.any(Number) },
    ])
  })
})

describe('P-06 who may ask', () => {
  const encounterId = newId()

  test('nobody without a token, or with a false one', async () => {
    for (const headers of [{}, { authorization: 'Bearer a.b.c' }] as Record<string, string>[]) {
      const answer = await plainCall(plain(), 'GetEncounter', { encounterId }, headers)
      expect(answer).toMatchObject({ code: 'UNAUTHENTICATED', response: undefined })
      expect(JSON.parse(String(answer.trailer))).toMatchObject({
        refused: 'unauthenticated',
        next: expect.stringContaining('Sign in'),
      })
    }
  })

  test('not without the permission, which is named', async () => {
    const principal = await trial.caller(['visit.read'], [practiceId])
    const error = await thrown(client().call('GetEncounter', { encounterId }, { principal }))
    expect(error).toMatchObject({
      code: 'PERMISSION_DENIED',
      refusal: { refused: 'forbidden', detail: 'This needs the permission encounter.read' },
    })
  })

  test('not for the practice of others, nor without saying for which of several', async () => {
    const { token } = await reader([practiceId, newId()])
    const authorization = `Bearer ${token}`
    for (const headers of [{ authorization }, { authorization, 'praxisbus-practice': newId() }] as Record<
      string,
      string
    >[]) {
      expect(await plainCall(plain(), 'GetEncounter', { encounterId }, headers)).toMatchObject({
        code: 'PERMISSION_DENIED',
      })
    }
  })
})

describe('P-01 bounds', () => {
  test('a call without a deadline is ended by the server', async () => {
    const bounded = await trial.start({ maxCallMs: 200 })
    const { token } = await reader()
    const began = performance.now()
    const peer = plain(bounded.port)
    const answer = await plainCall(
      peer,
      'GetEncounter',
      { encounterId: SLOW },
      { authorization: `Bearer ${token}` },
    )
    expect(answer).toMatchObject({ code: 'DEADLINE_EXCEEDED', details: 'No answer within 200 ms' })
    expect(performance.now() - began).toBeLessThan(900)
  })

  test('a request of more than 1 MiB is not taken', async () => {
    const answer = await plainCall(plain(), 'GetEncounter', { encounterId: 'x'.repeat(1024 * 1024) })
    expect(answer.code).toBe('RESOURCE_EXHAUSTED')
  })

  test('with the database away, a call is unavailable and may be asked again', async () => {
    const nowhere = openDatabase('postgres://nobody@127.0.0.1:1/none')
    const cut = await trial.start({ database: nowhere })
    trial.closing.push(nowhere.close)
    const error = await thrown(
      client(cut.port).call('GetEncounter', { encounterId: newId() }, { principal: await reader() }),
    )
    expect(error).toBeInstanceOf(RpcUnavailable)
    expect(error).toMatchObject({ code: 'UNAVAILABLE' })
    expect(trial.calls.filter(({ code }) => code === 'UNAVAILABLE').length).toBeGreaterThan(1)
  })

  test('with the sign-in away, a call is unavailable, not refused', async () => {
    const authenticate = openAuth({ issuer: 'http://127.0.0.1:1', audience: 'praxisbus' })
    const blind = await trial.start({ authenticate })
    const error = await thrown(
      client(blind.port).call('GetEncounter', { encounterId: newId() }, { principal: await reader() }),
    )
    expect(error).toMatchObject({ name: 'RpcUnavailable', code: 'UNAVAILABLE' })
  })

  test('a refusal with much to say arrives without its extra rather than not at all', async () => {
    const long = rpcMethod({
      permission: 'encounter.read',
      refusals: { too_many: 'FAILED_PRECONDITION' },
      run: async () =>
        refuse('too_many', { detail: 'Choose.', next: 'Send 12.', extra: { list: 'x'.repeat(20_000) } }),
    })
    const wordy = await trial.start({ methods: { ...ehr.methods, GetEncounter: long } as never })
    const error = await thrown(
      client(wordy.port).call('GetEncounter', { encounterId: newId() }, { principal: await reader() }),
    )
    expect(error).toMatchObject({
      code: 'FAILED_PRECONDITION',
      refusal: { refused: 'too_many', detail: 'Choose.', next: 'Send 12.' },
    })
  })
})
