import {
  type CommandContext,
  type Database,
  isUuid,
  type Refusal,
  refuse,
  type SentRequest,
  sql,
} from '@praxisbus/runtime'
import { type GoogleSettings, isChannelToken } from '../google/settings.ts'

/** What Google tells: that something changed in a calendar, not what. */
export interface Notification {
  readonly channelId: string
  /** sync: the channel begins; exists: something changed. */
  readonly resourceState: string
}

interface Whose {
  readonly practiceId: string
  readonly id: string
}

/** A notification has no body and no signature, but the token that we gave its channel: only Google and we know it. */
export function readNotification(settings: GoogleSettings | undefined) {
  return ({ header }: SentRequest): Notification | Refusal<'google_not_set' | 'not_ours'> => {
    if (!settings)
      return refuse('google_not_set', {
        detail: 'This installation is not set up for Google calendars.',
        next: 'Stop the channel at Google, or set the scheduler up.',
      })
    const channelId = header('x-goog-channel-id') ?? ''
    if (isUuid(channelId) && isChannelToken(settings, channelId, header('x-goog-channel-token') ?? ''))
      return { channelId, resourceState: header('x-goog-resource-state') ?? '' }
    return refuse('not_ours', {
      field: 'X-Goog-Channel-Token',
      detail: 'The token is missing or is not the one that this channel was given.',
      next: 'Only Google sends notifications here, for channels that this service has asked for.',
    })
  }
}

/** A channel that was renewed meanwhile, or whose connection has ended, is nobody's. */
export function whoseChannel(across: Database, { channelId }: Notification): Promise<Whose | undefined> {
  return across.plain((tx) =>
    tx.maybe<Whose>(sql`select practice_id, id from google_connection where channel_id = ${channelId}`),
  )
}

/** Google is asked for the changes at once; a round that is under way asks again after it (S-19). */
export async function hearGoogle(
  ctx: CommandContext,
  { message, found }: { readonly message: Notification; readonly found: Whose },
) {
  if (message.resourceState !== 'sync')
    await ctx.tx.run(sql`
      update google_connection set notified_at = clock_timestamp(), pull_at = least(pull_at, clock_timestamp())
       where id = ${found.id} and state = 'connected'`)
  return { received: true }
}
