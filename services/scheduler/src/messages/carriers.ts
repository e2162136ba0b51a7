import { openMessageProvider } from '../adapters/message-provider.ts'
import { type Carriers, openEmail } from '../adapters/messages.ts'
import type { Settings } from '../config.ts'

/** The ways to patients that this installation has. What would go another way is shown as not sent, with the reason. */
export function openCarriers(settings: Settings): Carriers {
  const { SMTP_URL: smtpUrl, MAIL_FROM: from } = settings
  const { MESSAGE_PROVIDER_URL: url, MESSAGE_PROVIDER_TOKEN: token } = settings
  const provider = url && token ? openMessageProvider({ url, token }) : undefined
  return {
    ...(smtpUrl && from ? { email: openEmail({ url: smtpUrl, from }) } : {}),
    ...(provider ? { phone: provider, text: provider } : {}),
  }
}
