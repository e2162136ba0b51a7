import { expect, test } from '@jest/globals'
import { readSettings } from './config.ts'

const env = {
  HTTP_PORT: '1',
  GRPC_PORT: '2',
  DATABASE_URL: 'postgres://a',
  RELAY_DATABASE_URL: 'postgres://b',
  KAFKA_BROKERS: 'localhost:9092',
  OIDC_ISSUER: 'http://localhost',
}

test('B-03 the mail server is optional; with one, the sender must be named', () => {
  expect(readSettings(env)).toMatchObject({ MAIL_FROM: 'billing@praxisbus.invalid' })
  expect(readSettings({ ...env, SMTP_URL: 'smtp://mail', MAIL_FROM: 'Us <us@clinic.test>' }).SMTP_URL).toBe(
    'smtp://mail',
  )
  expect(() => readSettings({ ...env, SMTP_URL: 'smtp://mail' })).toThrow('MAIL_FROM')
  expect(() => readSettings({ ...env, SMTP_URL: 'http://mail', MAIL_FROM: 'nobody' })).toThrow(
    /SMTP_URL[\s\S]*MAIL_FROM/,
  )
})
