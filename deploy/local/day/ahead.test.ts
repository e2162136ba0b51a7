import { expect, test } from '@jest/globals'
import { homeFrom } from '../home.ts'
import { openPractice } from '../practice/folder.ts'
import type { Reachable } from '../services.ts'
import { leftOutOf, whyNoEmail } from './ahead.ts'

const all: Reachable = {
  ...{ home: homeFrom({}), brokers: '127.0.0.1:1', topicPrefix: '', paysOnline: true, sendsEmail: true },
  mailbox: '/somewhere',
  google: { url: 'http://127.0.0.1:1', clientId: 'client', clientSecret: 'secret' },
}
const practice = openPractice(undefined)
const silent = {
  ...practice,
  patients: practice.patients.map((patient) => ({
    ...patient,
    reminderConsents: { ...patient.reminderConsents, email: false },
  })),
}

test('P-08 a day says what it leaves out, and nothing where it has all it takes', () => {
  expect(leftOutOf(all, whyNoEmail(all, practice))).toEqual([])
  const bare: Reachable = { ...all, paysOnline: false, google: undefined, mailbox: undefined }
  expect(leftOutOf(bare, whyNoEmail(bare, practice))).toEqual([
    expect.stringContaining('Stripe'),
    expect.stringContaining('Google'),
    expect.stringContaining('mailbox'),
  ])
})

test('P-08 no emails where there is no mail server, or nobody agreed to them', () => {
  const without = { ...all, sendsEmail: false, mailbox: undefined }
  expect(leftOutOf(without, whyNoEmail(without, practice))).toEqual([expect.stringContaining('mail server')])
  expect(leftOutOf(all, whyNoEmail(all, silent))).toEqual([expect.stringContaining('nobody')])
})
