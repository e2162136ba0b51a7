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

test('B-02 the payment partner is optional; what is lacking of its three settings is named', () => {
  const stripe = {
    STRIPE_URL: 'https://api.stripe.com',
    STRIPE_API_KEY: 'sk_test_1',
    STRIPE_WEBHOOK_SECRET: 'whsec_1',
  }
  expect(readSettings(env).partner).toBeUndefined()
  expect(readSettings({ ...env, ...stripe }).partner).toEqual({
    url: 'https://api.stripe.com',
    apiKey: 'sk_test_1',
    webhookSecret: 'whsec_1',
  })
  expect(() => readSettings({ ...env, STRIPE_API_KEY: 'sk_test_1' })).toThrow(
    'STRIPE_API_KEY is set, so STRIPE_URL and STRIPE_WEBHOOK_SECRET must be set too',
  )
  expect(() => readSettings({ ...env, ...stripe, STRIPE_WEBHOOK_SECRET: '' })).toThrow(
    'STRIPE_URL and STRIPE_API_KEY are set, so STRIPE_WEBHOOK_SECRET must be set too',
  )
  expect(() => readSettings({ ...env, ...stripe, STRIPE_URL: 'api.stripe.com' })).toThrow('STRIPE_URL')
})
