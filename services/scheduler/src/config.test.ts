import { randomBytes } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { readSettings } from './config.ts'
import { openCarriers } from './messages/carriers.ts'

const env = {
  HTTP_PORT: '1',
  GRPC_PORT: '2',
  DATABASE_URL: 'postgres://a',
  RELAY_DATABASE_URL: 'postgres://b',
  KAFKA_BROKERS: 'localhost:9092',
  OIDC_ISSUER: 'http://localhost',
  BILLING_GRPC: 'localhost:1',
  EHR_GRPC: 'localhost:2',
}
const carriersOf = (more: Record<string, string>) =>
  Object.keys(openCarriers(readSettings({ ...env, ...more }))).sort()

test('S-10 each way to patients is optional, and what belongs together is asked for together', () => {
  expect(carriersOf({})).toEqual([])
  expect(carriersOf({ SMTP_URL: 'smtp://mail', MAIL_FROM: 'Us <us@clinic.test>' })).toEqual(['email'])
  expect(carriersOf({ MESSAGE_PROVIDER_URL: 'https://texts.test/v1', MESSAGE_PROVIDER_TOKEN: 't' })).toEqual([
    'phone',
    'text',
  ])
  expect(() => carriersOf({ SMTP_URL: 'smtp://mail', MESSAGE_PROVIDER_TOKEN: 't' })).toThrow(
    /SMTP_URL is set, so MAIL_FROM must be[\s\S]*MESSAGE_PROVIDER_TOKEN is set, so MESSAGE_PROVIDER_URL must be/,
  )
  expect(() => carriersOf({ PUBLIC_URL: 'visits.test', MESSAGE_PROVIDER_URL: 'x' })).toThrow(
    /MESSAGE_PROVIDER_URL[\s\S]*PUBLIC_URL/,
  )
})

const google = {
  GOOGLE_CLIENT_ID: 'client',
  GOOGLE_CLIENT_SECRET: 'secret',
  GOOGLE_TOKEN_KEY: randomBytes(32).toString('base64'),
}

test('S-19 without its settings Google is off; empty ones count as not set', () => {
  expect(readSettings({ ...env, GOOGLE_CLIENT_ID: '', GOOGLE_WEBHOOK_URL: '' }).google).toBeUndefined()
})

test('S-19 with its three secrets the addresses are Google’s own, unless others are set', () => {
  expect(readSettings({ ...env, ...google }).google).toMatchObject({
    calendarUrl: 'https://www.googleapis.com/calendar/v3',
    oauthUrl: 'https://oauth2.googleapis.com',
    webhookUrl: undefined,
    instance: 'praxisbus',
    pollSeconds: 300,
  })
  const other = { GOOGLE_CALENDAR_URL: 'http://127.0.0.1:9/calendar/v3/', GOOGLE_INSTANCE: 'staging' }
  expect(readSettings({ ...env, ...google, ...other }).google).toMatchObject({
    calendarUrl: 'http://127.0.0.1:9/calendar/v3',
    instance: 'staging',
  })
})

test('S-19 some of the secrets, or a key that is none, keep the service from starting, by name', () => {
  const { GOOGLE_TOKEN_KEY: _, ...rest } = google
  expect(() => readSettings({ ...env, ...rest })).toThrow(/GOOGLE_TOKEN_KEY must be set too/)
  expect(() => readSettings({ ...env, ...google, GOOGLE_TOKEN_KEY: 'short' })).toThrow(
    /GOOGLE_TOKEN_KEY: 32 random bytes/,
  )
})
