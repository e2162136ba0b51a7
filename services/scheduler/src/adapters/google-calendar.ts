import type { Content } from '../domain/google/content.ts'
import type { GoogleEvent } from '../domain/google/seen.ts'
import type { GoogleFailure } from '../domain/google/waiting.ts'

/** A calendar of an account, by the consent that its owner gave. */
export interface Account {
  readonly refreshToken: string
  readonly calendarId: string
}

/** What the sync of an account's calendar began with: all events of a time, or those changed since a token. */
export type Listed = { readonly syncToken: string } | { readonly startsAt: string; readonly endsAt: string }

export interface EventPage {
  readonly events: readonly GoogleEvent[]
  /** Events that could not be read, by id where they have one. */
  readonly unreadable: number
  readonly timeZone: string
  readonly nextPageToken?: string
  readonly nextSyncToken?: string
}

export interface OwnEvent {
  readonly eventId: string
  readonly content: Content
  /** Private extended properties. */
  readonly marks: Readonly<Record<string, string>>
}

export interface Channel {
  readonly resourceId: string
  readonly expiresAt: string
}

/** Google's calendars, or another server of the Calendar API v3. Every answer may be a failure; none throws for what happens there. */
export interface GoogleCalendar {
  /** Makes a refresh token of the code that a consent ended with. */
  redeem(code: string, redirectUri: string): Promise<{ readonly refreshToken: string } | GoogleFailure>
  /** The calendar's own id, also of `primary`. */
  calendar(
    account: Account,
  ): Promise<{ readonly calendarId: string; readonly timeZone: string } | GoogleFailure>
  /** A page of single events and instances of recurring ones. */
  list(account: Account, of: Listed, pageToken?: string): Promise<EventPage | GoogleFailure>
  get(account: Account, eventId: string): Promise<GoogleEvent | GoogleFailure>
  insert(account: Account, event: OwnEvent): Promise<GoogleEvent | GoogleFailure>
  /** `conflict` where its etag is another by now. */
  update(account: Account, event: OwnEvent, etag: string): Promise<GoogleEvent | GoogleFailure>
  remove(account: Account, eventId: string, etag: string): Promise<'removed' | GoogleFailure>
  watch(
    account: Account,
    channel: { id: string; token: string; address: string },
  ): Promise<Channel | GoogleFailure>
  unwatch(account: Account, channel: { id: string; resourceId: string }): Promise<'stopped' | GoogleFailure>
  /** Gives the consent back. */
  revoke(refreshToken: string): Promise<'revoked' | GoogleFailure>
}
