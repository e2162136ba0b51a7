import { describe, expect, test } from '@jest/globals'
import { checkPatient, patientRecord } from './patient.ts'

const today = Temporal.PlainDate.from('2026-03-05')
const check = (record: object) => checkPatient(patientRecord.parse({ name: 'Ada Moran', ...record }), today)

describe('a patient record', () => {
  test.each([
    [{}],
    [{ birthDate: '2026-03-05' }],
    [{ email: 'a@example.org', reminderConsents: { email: true } }],
    [{ phone: '+1 312 555 0142', reminderConsents: { phone: true, text: true } }],
  ])('S-01 takes %j', (record) => {
    expect(check(record)).toBeUndefined()
  })

  test.each([
    [{ birthDate: '2026-03-06' }, 'born_in_future', 'birthDate'],
    [{ reminderConsents: { email: true } }, 'consent_without_contact', 'reminderConsents.email'],
    [
      { email: 'a@example.org', reminderConsents: { text: true } },
      'consent_without_contact',
      'reminderConsents.text',
    ],
    [{ reminderConsents: { phone: true } }, 'consent_without_contact', 'reminderConsents.phone'],
  ])('S-01 refuses %j: %s', (record, refused, field) => {
    expect(check(record)).toMatchObject({ refused, field })
  })
})
