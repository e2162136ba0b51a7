import { ConfigError, loadConfig, peerAddress, serviceSettings } from '@praxisbus/runtime'
import { z } from 'zod'

const smtpUrl = z.string().regex(/^smtps?:\/\//, 'an smtp:// or smtps:// URL')
const sender = z.string().regex(/^[^\r\n]*[^\s@<>]+@[^\s@<>]+>?$/, 'an email address, with or without a name')
const webUrl = z.string().regex(/^https?:\/\/[^\s?#@]+$/, 'an http:// or https:// URL without a query')
const secret = z.string().regex(/^\S+$/, 'a token without blanks')

/** `needs`: what must be set too where the first is. */
const TOGETHER = [
  { set: 'SMTP_URL', needs: 'MAIL_FROM', because: 'it says who the emails are from' },
  { set: 'MESSAGE_PROVIDER_URL', needs: 'MESSAGE_PROVIDER_TOKEN', because: 'the provider asks for it' },
  { set: 'MESSAGE_PROVIDER_TOKEN', needs: 'MESSAGE_PROVIDER_URL', because: 'it says where the provider is' },
] as const

/** The only reader of this service's environment; names every fault at once. */
export function readSettings(env: Record<string, string | undefined>) {
  const settings = loadConfig(
    {
      ...serviceSettings,
      BILLING_GRPC: peerAddress,
      EHR_GRPC: peerAddress,
      SMTP_URL: smtpUrl.optional(),
      MAIL_FROM: sender.optional(),
      MESSAGE_PROVIDER_URL: webUrl.optional(),
      MESSAGE_PROVIDER_TOKEN: secret.optional(),
      PUBLIC_URL: webUrl.optional(),
    },
    env,
  )
  const faults = TOGETHER.filter(({ set, needs }) => settings[set] && !settings[needs])
  if (faults.length > 0)
    throw new ConfigError(
      faults
        .map(({ set, needs, because }) => `${set} is set, so ${needs} must be set too: ${because}.`)
        .join('\n'),
    )
  return settings
}

export type Settings = ReturnType<typeof readSettings>
