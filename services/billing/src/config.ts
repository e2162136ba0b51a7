import { ConfigError, loadConfig, serviceSettings } from '@praxisbus/runtime'
import { z } from 'zod'
import type { PartnerSettings } from './adapters/stripe.ts'

const smtpUrl = z.string().regex(/^smtps?:\/\//, 'an smtp:// or smtps:// URL')
const sender = z.string().regex(/^[^\r\n]*[^\s@<>]+@[^\s@<>]+>?$/, 'an email address, with or without a name')
const partnerUrl = z
  .string()
  .regex(/^https?:\/\/[^/?#@]+\/?$/, 'an http:// or https:// URL of a host, without a path')
const secret = z.string().regex(/^\S+$/, 'a key without blanks')

/** Who emails are from while there is no mail server to send them: they wait, and are never sent under this name. */
const NOBODY = 'billing@praxisbus.invalid'

/** Settings of `verify-books.ts`, which reads the tables and starts nothing. */
export function readBooksSettings(env: Record<string, string | undefined> = process.env) {
  const { DATABASE_URL, RELAY_DATABASE_URL } = serviceSettings
  return loadConfig({ DATABASE_URL, RELAY_DATABASE_URL: RELAY_DATABASE_URL.optional() }, env)
}

const PARTNER = ['STRIPE_URL', 'STRIPE_API_KEY', 'STRIPE_WEBHOOK_SECRET'] as const

/**
 * Settings of this process: those of every service, the mail server, and the payment partner, whose three are set together
 * or not at all. Throws ConfigError with all faults at once.
 */
export function readSettings(env: Record<string, string | undefined>) {
  const settings = loadConfig(
    {
      ...serviceSettings,
      SMTP_URL: smtpUrl.optional(),
      MAIL_FROM: sender.optional(),
      STRIPE_URL: partnerUrl.optional(),
      STRIPE_API_KEY: secret.optional(),
      STRIPE_WEBHOOK_SECRET: secret.optional(),
    },
    env,
  )
  const faults = [
    ...(settings.SMTP_URL && !settings.MAIL_FROM
      ? ['SMTP_URL is set, so MAIL_FROM must say who the emails are from.']
      : []),
    ...lackingOfPartner(settings),
  ]
  if (faults.length > 0) throw new ConfigError(faults.join('\n'))
  return { ...settings, MAIL_FROM: settings.MAIL_FROM ?? NOBODY, partner: partnerOf(settings) }
}

type Given = { readonly [Name in (typeof PARTNER)[number]]?: string }

function lackingOfPartner(given: Given): string[] {
  const set = PARTNER.filter((name) => given[name])
  const lacking = PARTNER.filter((name) => !given[name])
  if (set.length === 0 || lacking.length === 0) return []
  return [
    `${set.join(' and ')} ${set.length === 1 ? 'is' : 'are'} set, so ${lacking.join(' and ')} must be set too: payments online need all three.`,
  ]
}

function partnerOf(given: Given): PartnerSettings | undefined {
  const { STRIPE_URL: url, STRIPE_API_KEY: apiKey, STRIPE_WEBHOOK_SECRET: webhookSecret } = given
  return url && apiKey && webhookSecret ? { url, apiKey, webhookSecret } : undefined
}
