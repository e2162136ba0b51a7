import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Seal } from '@praxisbus/runtime'

/** S-19: as config.ts reads them. */
export interface GoogleSettings {
  readonly clientId: string
  readonly clientSecret: string
  /** https://www.googleapis.com/calendar/v3, or another server that speaks it. */
  readonly calendarUrl: string
  readonly oauthUrl: string
  /** Where Google reaches this service from outside; without it changes are asked for, not told. */
  readonly webhookUrl: string | undefined
  /** Tells two installations with the same data (a copy for trying out) apart in a calendar. */
  readonly instance: string
  readonly pollSeconds: number
  readonly seal: Seal
  readonly channelKey: Buffer
}

/** What Google sends along with each notification of a channel: nobody else can make it up. */
export function channelToken({ channelKey }: Pick<GoogleSettings, 'channelKey'>, channelId: string): string {
  return createHmac('sha256', channelKey).update(`google channel ${channelId}`).digest('base64url')
}

export function isChannelToken(
  settings: Pick<GoogleSettings, 'channelKey'>,
  channelId: string,
  token: string,
): boolean {
  const [right, given] = [Buffer.from(channelToken(settings, channelId)), Buffer.from(token)]
  return right.length === given.length && timingSafeEqual(right, given)
}
