import { describe, expect, test } from '@jest/globals'
import { appointmentInput, isBillable, placeOf } from './schedule.ts'

const ID = '0190a000-0000-7000-8000-000000000001'
const OTHER = '0190a000-0000-7000-8000-000000000002'

describe('a client session', () => {
  test.each([
    [[], false],
    [[{ amountCents: null }], false],
    [[{ amountCents: 15000 }, { amountCents: null }], false],
    [[{ amountCents: 15000 }], true],
    [[{ amountCents: 0 }], true],
  ])('S-03 with services %j is billable: %s', (services, billable) => {
    expect(isBillable(services)).toBe(billable)
  })

  test('S-02 a room brings its location along and refuses another', () => {
    expect(placeOf(null, undefined)).toBeNull()
    expect(placeOf(ID, undefined)).toBe(ID)
    expect(placeOf(null, { locationId: ID })).toBe(ID)
    expect(placeOf(ID, { locationId: ID })).toBe(ID)
    expect(placeOf(ID, { locationId: OTHER })).toMatchObject({ refused: 'room_elsewhere', field: 'roomId' })
  })

  test.each([
    [{}, ['end', 'patientId', 'practitionerId', 'start']],
    [{ patientId: ID, newPatient: { name: 'Ada' } }, ['end', 'newPatient', 'practitionerId', 'start']],
    [{ newPatient: { name: ' ' } }, ['end', 'newPatient.name', 'practitionerId', 'start']],
  ])('S-02 names the missing fields of %j', (input, names) => {
    const issues = appointmentInput.safeParse(input).error?.issues ?? []
    expect(issues.map((issue) => issue.path.join('.')).sort()).toEqual(names)
  })

  test('S-02 takes a patient or a new one, not both', () => {
    const rest = { practitionerId: ID, start: '2026-03-05T09:10', end: '2026-03-05T10:03' }
    expect(appointmentInput.safeParse({ ...rest, patientId: ID }).success).toBe(true)
    expect(appointmentInput.safeParse({ ...rest, newPatient: { name: 'Ada' } }).success).toBe(true)
    const both = appointmentInput.safeParse({ ...rest, patientId: ID, newPatient: { name: 'Ada' } })
    expect(both.error?.issues.map((issue) => issue.path)).toEqual([['newPatient']])
  })
})
