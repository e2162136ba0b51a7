import { ConfigError, loadConfig, serviceSettings } from '@praxisbus/runtime'
import { z } from 'zod'

const smtpUrl = z.string().regex(/^smtps?:\/\//, 'an smtp:// or smtps:// URL')
const sender = z.string().regex(/^[^\r\n]*[^\s@<>]+@[^\s@<>]+>?$/, 'an email address, with or without a name')

/** Who emails are from while there is no mail server to send them: they wait, and are never sent under this name. */
const NOBODY = 'billing@praxisbus.invalid'

/** Settings of this process: those of every service, and the mail server. Throws ConfigError with all faults at once. */
export function readSettings(env: Record<string, string | undefined>) {
  const settings = loadConfig(
    { ...serviceSettings, SMTP_URL: smtpUrl.optional(), MAIL_FROM: sender.optional() },
    env,
  )
  if (settings.SMTP_URL && !settings.MAIL_FROM)
    throw new ConfigError('SMTP_URL is set, so MAIL_FROM must say who the emails are from.')
  return { ...settings, MAIL_FROM: settings.MAIL_FROM ?? NOBODY }
}
