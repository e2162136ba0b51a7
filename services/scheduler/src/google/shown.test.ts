import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { ROLES } from '@praxisbus/contracts'
import { at, type Connected, type GoogleDesk, openGoogleDesk } from '../testing/google.ts'
import { created, refusalOf } from '../testing/office.ts'

let desk: GoogleDesk
let dana: Connected
beforeAll(async () => {
  desk = await openGoogleDesk()
})
beforeEach(async () => {
  desk.google.trouble()
  await desk.alone()
  dana = await desk.connect()
  await desk.settle()
})
afterAll(() => desk.close())

const path = (practitionerId: string) => `/v1/practitioners/${practitionerId}/google-calendar`
const show = (patientShownAs: string, options = {}) =>
  desk.owner.patch(path(dana.practitionerId), { patientShownAs }, options)
const summaries = () =>
  desk
    .events(dana)
    .map(({ summary }) => summary)
    .sort()
const writes = () => {
  const from = desk.google.requests.length
  return () =>
    desk.google.requests
      .slice(from)
      .map(({ call }) => call)
      .filter((call) => /insert|patch|update|delete/.test(call))
}

describe('what Google is told of a patient', () => {
  test('S-19 is changed without disconnecting: each visit is written anew once, nothing else is', async () => {
    for (const ahead of [0, 1, 2]) await desk.visit(dana, { start: at(ahead), end: at(ahead, '09:50') })
    await desk.block(dana, { start: at(3), end: at(3, '10:00') })
    await desk.settle()
    const ids = desk.events(dana).map(({ id }) => id)
    expect(summaries()).toEqual(['Appointment', 'Appointment', 'Appointment', 'Busy'])
    const requests = writes()
    const { version } = await desk.connection(dana)
    expect(created(await show('initials', { ifMatch: version as number }))).toMatchObject({
      state: 'connected',
      patientShownAs: 'initials',
      queued: 3,
      version: (version as number) + 1,
    })
    await desk.settle()
    expect(summaries()).toEqual([...Array(3).fill('Appointment A. L. M.'), 'Busy'])
    expect(requests()).toHaveLength(3)
    expect(desk.events(dana).map(({ id }) => id)).toEqual(ids)
    created(await show('nothing'))
    await desk.settle()
    expect(summaries()).toEqual(['Appointment', 'Appointment', 'Appointment', 'Busy'])
    created(await show('nothing'))
    await desk.settle()
    expect(requests()).toHaveLength(6)
    expect(await desk.proposals(dana)).toEqual([])
  })

  test('S-19 holds for what is written at the same moment', async () => {
    for (let round = 0; round < 6; round++) {
      await desk.visit(dana, { start: at(round), end: at(round, '09:50') })
      await desk.comesUp()
      const shown = round % 2 ? 'nothing' : 'name'
      const [answer] = await Promise.all([show(shown), desk.turn(2)])
      created(answer)
      await desk.settle()
      const wanted = shown === 'name' ? 'Ada Lovelace-Moran' : 'Appointment'
      expect(summaries()).toEqual(Array(round + 1).fill(wanted))
    }
  })

  test('S-19 waits for the consent where that was lost, and goes out with it', async () => {
    await desk.visit(dana)
    await desk.settle()
    await desk.alone()
    created(await show('initials'))
    await desk.settle()
    expect(summaries()).toEqual(['Appointment'])
    const { refreshToken } = desk.google.oauth.consent()
    const { calendarId } = dana
    created(
      await desk.owner.post(path(dana.practitionerId), {
        refreshToken,
        calendarId,
        patientShownAs: 'initials',
      }),
    )
    await desk.settle()
    expect(summaries()).toEqual(['Appointment A. L. M.'])
  })

  test('S-19 a patient who is called something else stands there so, and nobody else is written anew', async () => {
    created(await show('name'))
    const { patientId } = created(await desk.owner.post('/v1/patients', { name: 'Ana Smiht' }))
    await desk.visit(dana, { patientId, start: at(1), end: at(1, '09:50') })
    await desk.visit(dana, { patientId, start: at(2), end: at(2, '09:50') })
    await desk.visit(dana)
    await desk.settle()
    expect(summaries()).toEqual(['Ada Lovelace-Moran', 'Ana Smiht', 'Ana Smiht'])
    const requests = writes()
    const rename = (name: string, ifMatch: number) =>
      desk.owner.put(`/v1/patients/${patientId}`, { name }, { ifMatch })
    created(await rename('Ana Smith', 1))
    await desk.settle()
    expect(summaries()).toEqual(['Ada Lovelace-Moran', 'Ana Smith', 'Ana Smith'])
    expect(requests()).toHaveLength(2)
    // Where nothing is shown nothing is looked at.
    created(await show('nothing'))
    await desk.settle()
    created(await rename('Ana Smith-Lee', 2))
    expect((await desk.connection(dana)).queued).toBe(0)
  })

  test('S-19 P-06 less may be said by whose calendar it is, more by who manages the practice alone', async () => {
    const userId = 'clinician-9'
    const clinician = await desk.desk.as({ permissions: ROLES.clinician!, userId })
    const own = created(await desk.owner.post('/v1/practitioners', { name: 'Own', userId })).practitionerId
    desk.google.calendar('own9@example.org')
    const { refreshToken } = desk.google.oauth.consent()
    const body = { refreshToken, calendarId: 'own9@example.org', patientShownAs: 'name' }
    created(await desk.owner.post(path(own), body))
    expect(created(await clinician.patch(path(own), { patientShownAs: 'nothing' })).patientShownAs).toBe(
      'nothing',
    )
    expect(refusalOf(await clinician.patch(path(own), { patientShownAs: 'initials' }))).toMatchObject({
      status: 403,
      code: 'may_not_show',
      field: 'patientShownAs',
    })
    expect(
      refusalOf(await clinician.patch(path(dana.practitionerId), { patientShownAs: 'nothing' })),
    ).toMatchObject({
      status: 403,
      code: 'not_own_calendar',
    })
  })

  test('S-19 refuses who has seen an older version, and what is not connected or no such word', async () => {
    const stale = await show('initials', { ifMatch: 99 })
    expect(refusalOf(stale)).toMatchObject({ status: 412, code: 'stale' })
    expect(refusalOf(await show('all'))).toMatchObject({ status: 400, field: 'patientShownAs' })
    const other = await desk.practitioner('Nobody')
    const refused = await desk.owner.patch(path(other), { patientShownAs: 'nothing' })
    expect(refusalOf(refused)).toMatchObject({ status: 409, code: 'not_connected' })
  })
})
