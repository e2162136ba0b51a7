import {
  ConfigError,
  loadConfig,
  openSeal,
  peerAddress,
  sealingKeys,
  serviceSettings,
} from '@praxisbus/runtime'
import { z } from 'zod'
import type { GoogleSettings } from './google/settings.ts'

const smtpUrl = z.string().regex(/^smtps?:\/\//, 'an smtp:// or smtps:// URL')
const sender = z.string().regex(/^[^\r\n]*[^\s@<>]+@[^\s@<>]+>?$/, 'an email address, with or without a name')
const webUrl = z.string().regex(/^https?:\/\/[^\s?#@]+$/, 'an http:// or https:// URL without a query')
const base = webUrl.transform((url) => url.replace(/\/+$/, ''))
const secret = z.string().regex(/^\S+$/, 'a text without blanks')

/** S-09 to S-11: what it takes to reach patients. */
const messages = {
  SMTP_URL: smtpUrl.optional(),
  MAIL_FROM: sender.optional(),
  MESSAGE_PROVIDER_URL: webUrl.optional(),
  MESSAGE_PROVIDER_TOKEN: secret.optional(),
  PUBLIC_URL: webUrl.optional(),
}

/** S-19: what it takes to reach Google calendars. The three secrets go together; the rest has defaults. */
const google = {
  GOOGLE_CLIENT_ID: secret.optional(),
  GOOGLE_CLIENT_SECRET: secret.optional(),
  GOOGLE_TOKEN_KEY: sealingKeys.optional(),
  GOOGLE_CALENDAR_URL: base.default('https://www.googleapis.com/calendar/v3'),
  GOOGLE_OAUTH_URL: base.default('https://oauth2.googleapis.com'),
  GOOGLE_WEBHOOK_URL: base.optional(),
  GOOGLE_INSTANCE: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,64}$/, 'letters, digits, . _ -')
    .default('praxisbus'),
  GOOGLE_POLL_SECONDS: z.coerce.number().int().min(1).default(300),
}
const GOOGLE_SECRETS = ['GOOGLE_CLIENT_ID', 'GOOGLE_CLIENT_SECRET', 'GOOGLE_TOKEN_KEY'] as const

/** `needs`: what must be set too where the first is. */
const TOGETHER = [
  { set: 'SMTP_URL', needs: 'MAIL_FROM', because: 'it says who the emails are from' },
  { set: 'MESSAGE_PROVIDER_URL', needs: 'MESSAGE_PROVIDER_TOKEN', because: 'the provider asks for it' },
  { set: 'MESSAGE_PROVIDER_TOKEN', needs: 'MESSAGE_PROVIDER_URL', because: 'it says where the provider is' },
] as const

/** The only reader of this service's environment; names every fault at once. */
export function readSettings(env: Record<string, string | undefined>) {
  const peers = { BILLING_GRPC: peerAddress, EHR_GRPC: peerAddress }
  const settings = loadConfig({ ...serviceSettings, ...peers, ...messages, ...google }, env)
  const faults = TOGETHER.filter(({ set, needs }) => settings[set] && !settings[needs]).map(
    ({ set, needs, because }) => `${set} is set, so ${needs} must be set too: ${because}.`,
  )
  const set = GOOGLE_SECRETS.filter((name) => settings[name])
  const lacking = GOOGLE_SECRETS.filter((name) => !settings[name])
  if (set.length > 0 && lacking.length > 0)
    faults.push(
      `${set.join(' and ')} ${set.length === 1 ? 'is' : 'are'} set, so ${lacking.join(' and ')} must be set too: Google calendars need all three.`,
    )
  if (faults.length > 0) throw new ConfigError(faults.join('\n'))
  return { ...settings, google: googleOf(settings) }
}

export type Settings = ReturnType<typeof readSettings>

type Given = z.output<z.ZodObject<typeof google>>

function googleOf(given: Given): GoogleSettings | undefined {
  const { GOOGLE_CLIENT_ID: clientId, GOOGLE_CLIENT_SECRET: clientSecret, GOOGLE_TOKEN_KEY: keys } = given
  if (!clientId || !clientSecret || !keys) return undefined
  return {
    clientId,
    clientSecret,
    calendarUrl: given.GOOGLE_CALENDAR_URL,
    oauthUrl: given.GOOGLE_OAUTH_URL,
    webhookUrl: given.GOOGLE_WEBHOOK_URL,
    instance: given.GOOGLE_INSTANCE,
    pollSeconds: given.GOOGLE_POLL_SECONDS,
    seal: openSeal(keys),
    channelKey: keys[0]!,
  }
}
