import { expect, test } from '@jest/globals'
import { decideCheckIn } from './check-in.ts'

test.each([
  ['scheduled', undefined],
  ['checked-in', 'already_checked_in'],
  ['completed', 'already_completed'],
  ['deleted', 'appointment_deleted'],
])('S-23 checking in a %s appointment: %s', (status, refused) => {
  expect(decideCheckIn({ status })?.refused).toBe(refused)
})
