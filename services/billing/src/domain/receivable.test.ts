import { expect, test } from '@jest/globals'
import { isReason, isRetiredReason } from './adjustment-codes.ts'
import { writeOffCode } from './receivable.ts'

test('B-15 write-offs have a known reason in use, or the practice’s own code; what the patient owes is no write-off', () => {
  expect([isReason('45'), isReason('307'), isReason('B24'), isRetiredReason('42')]).toEqual([
    true,
    false,
    false,
    true,
  ])
  expect(writeOffCode({ group: 'CO', reason: '45' }, undefined)).toBe('CO-45')
  expect(writeOffCode({ code: 'SMALL' }, { active: true })).toBe('OWN-SMALL')
  for (const [given, own, refused] of [
    [{ group: 'CO', reason: '42' }, undefined, 'unknown_reason'],
    [{ group: 'CO', reason: '999' }, undefined, 'unknown_reason'],
    [{ group: 'PR', reason: '1' }, undefined, 'patient_responsibility'],
    [{ group: 'CO' }, undefined, 'one_code'],
    [{ group: 'CO', reason: '45', code: 'SMALL' }, { active: true }, 'one_code'],
    [{ code: 'SMALL' }, { active: false }, 'unknown_code'],
    [{ code: 'SMALL' }, undefined, 'unknown_code'],
  ] as const)
    expect(writeOffCode(given, own)).toMatchObject({ refused })
})
