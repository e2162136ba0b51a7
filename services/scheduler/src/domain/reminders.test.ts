import { describe, expect, test } from '@jest/globals'
import { checkReminders, type Reminder, reminders } from './reminders.ts'

describe('reminders', () => {
  const email: Reminder = { channel: 'email', daysAhead: 1 }
  const text: Reminder = { channel: 'text', daysAhead: 5 }

  test.each([
    [[], true],
    [[email, text], true],
    [[email, { channel: 'email', daysAhead: 2 }], true],
    [[email, email], false],
    [[email, text, { channel: 'phone', daysAhead: 1 }], false],
    [[{ channel: 'email', daysAhead: 0 }], false],
    [[{ channel: 'email', daysAhead: 6 }], false],
    [[{ channel: 'email', daysAhead: 1.5 }], false],
    [[{ channel: 'pigeon', daysAhead: 1 }], false],
  ])('S-10 takes %j: %s', (list, valid) => {
    expect(reminders.safeParse(list).success).toBe(valid)
  })

  test('S-10 names the reminder whose channel the patient did not agree to', () => {
    expect(checkReminders([email, text], { email: true, phone: true, text: false })).toMatchObject({
      refused: 'reminder_without_consent',
      field: 'reminders.1.channel',
    })
    expect(checkReminders([email, text], { email: true, phone: false, text: true })).toBeUndefined()
  })
})
