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
