import { newId, sql } from '@praxisbus/runtime'
import { isGoogleFailure } from '../domain/google/waiting.ts'
import type { Connection } from './connections.ts'
import { type Syncing, step } from './parts.ts'
import { channelToken } from './settings.ts'

/** A channel is renewed so long before it ends; Google's last a week at most. */
const MARGIN_HOURS = 24

/**
 * Has Google tell of changes, where it can reach us. Without a channel nothing is lost: changes are asked for at an interval
 * all the same, since notifications are not certain to come.
 */
export async function keepChannel(parts: Syncing, connection: Connection): Promise<void> {
  const { google, settings, log } = parts
  const {
    account,
    channelId: oldId,
    channelResourceId: oldResourceId,
    channelExpiresAt,
    claimedAt,
  } = connection
  const left = channelExpiresAt ? Temporal.Instant.from(channelExpiresAt).since(claimedAt).total('hours') : 0
  if (!settings.webhookUrl || left > MARGIN_HOURS) return
  const id = newId()
  const token = channelToken(settings, id)
  const made = await google.watch(account, { id, token, address: settings.webhookUrl })
  if (isGoogleFailure(made)) {
    log.warn({ connectionId: connection.connectionId, reason: made.message }, 'a calendar is not watched')
    return
  }
  await step(parts, connection, ({ tx }) =>
    tx.run(sql`
      update google_connection
         set channel_id = ${id}, channel_resource_id = ${made.resourceId}, channel_expires_at = ${made.expiresAt}
       where id = ${connection.connectionId}`),
  )
  // Left alone it ends by itself; its last notifications are of no channel that we know.
  if (oldId && oldResourceId) await google.unwatch(account, { id: oldId, resourceId: oldResourceId })
}
