import { describe, expect, test } from '@jest/globals'
import { invitation } from './invitation.ts'
import { type MessageFacts, messageText } from './message-text.ts'

const facts: MessageFacts = {
  kind: 'reminder',
  practiceName: 'Lakeside Counseling',
  practicePhone: '312 555 0100',
  practitionerName: 'Dana Reyes',
  practitionerCredentials: 'PhD',
  locationName: 'Main Street',
  startsAt: '2026-03-06T15:10:00Z',
  timeZone: 'America/Chicago',
  telehealthUrl: 'https://video.example/room/7',
  additionalInstructions: 'Bring the sleep diary.',
  moved: false,
  feedbackUrl: null,
}

describe('what a patient reads', () => {
  test('S-09 an email has the time with its zone, with whom, where, the URL and the instructions', () => {
    const { subject, text } = messageText('email', facts)
    expect(subject).toBe('Your appointment on Friday, March 6')
    expect(text).toBe(
      [
        'Hello,\n\nthis is a reminder of your appointment with Lakeside Counseling.',
        'When: Friday, March 6, 2026, 9:10 AM CST (America/Chicago)\nWith: Dana Reyes, PhD\nWhere: Main Street\nOnline: https://video.example/room/7',
        'Instructions:\nBring the sleep diary.',
        'If you cannot come, please call 312 555 0100.\n',
      ].join('\n\n'),
    )
    expect(messageText('email', { ...facts, kind: 'confirmation' }).text).toContain(
      'your appointment with Lakeside Counseling is booked.',
    )
    expect(messageText('email', { ...facts, moved: true }).text).toContain('Its time has changed.')
  })

  test('S-09 a text has the practice, the time and the URL, and of the rest that there is more to ask', () => {
    expect(messageText('text', facts).text).toBe(
      'Reminder: appointment with Lakeside Counseling on Friday, March 6 at 9:10 AM CST. Online: https://video.example/room/7 There are instructions for this visit: please ask us. To change it, call 312 555 0100.',
    )
    expect(messageText('text', { ...facts, moved: true }).text).toMatch(/^New time: /)
  })

  test.each(['text', 'phone'] as const)(
    'S-09 by %s nobody reads or hears who treats the patient, where, or with what instructions',
    (channel) => {
      const { text } = messageText(channel, facts)
      for (const hidden of ['Reyes', 'PhD', 'Main Street', 'sleep diary']) expect(text).not.toContain(hidden)
    },
  )

  test('S-09 a call says the time as one says it', () => {
    expect(messageText('phone', { ...facts, practicePhone: null }).text).toBe(
      'Hello. This is a message from Lakeside Counseling. You have an appointment on Friday, March 6, at 9:10 AM.',
    )
  })

  test.each([
    ['2026-07-06T15:10:00Z', 'America/Chicago', '10:10 AM CDT'],
    ['2026-07-06T22:00:00Z', 'Asia/Tokyo', 'Tuesday, July 7, 2026, 7:00 AM'],
  ])('S-08 S-09 %s in %s is %s', (startsAt, timeZone, shown) => {
    expect(messageText('email', { ...facts, startsAt, timeZone }).text).toContain(shown)
  })
})

test('S-09 the calendar file is one that RFC 5545 allows', () => {
  const file = invitation({
    ...{ appointmentId: '0190-1', startsAt: facts.startsAt, endsAt: '2026-03-06T16:00:00Z', version: 3 },
    practiceName: 'Lakeside; Counseling, Übungs- und Beratungszentrum an der Straße des Friedens',
    locationName: 'Main Street\n2nd floor',
    telehealthUrl: facts.telehealthUrl,
    now: Temporal.Instant.from('2026-03-01T00:00:00.123Z'),
  })
  const lines = file.split('\r\n')
  expect(lines.pop()).toBe('')
  for (const line of lines) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75)
  const unfolded = file.replaceAll('\r\n ', '').split('\r\n')
  expect(unfolded).toEqual(
    expect.arrayContaining([
      'UID:0190-1@praxisbus',
      'DTSTAMP:20260301T000000Z',
      'DTSTART:20260306T151000Z',
      'DTEND:20260306T160000Z',
      'SUMMARY:Appointment with Lakeside\\; Counseling\\, Übungs- und Beratungszentrum an der Straße des Friedens',
      'LOCATION:Main Street\\n2nd floor',
      'URL:https://video.example/room/7',
    ]),
  )
})
