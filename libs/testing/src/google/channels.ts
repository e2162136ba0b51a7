import { Refused } from './objects.ts'

export interface Channel {
  readonly id: string
  readonly address: string
  readonly token: string | undefined
  readonly calendarId: string
  readonly resourceId: string
  readonly expiresAtMs: number
  messages: number
}

const USUAL_TTL_SECONDS = 604_800
const SEND_TIMEOUT_MS = 10_000

/** Push notifications: https://developers.google.com/workspace/calendar/api/guides/push */
export class Channels {
  /** Google takes https only; tests listen on loopback. */
  takesHttp = true
  /** The longest that a channel lasts, whatever was asked. */
  ttlSeconds = USUAL_TTL_SECONDS
  /** Notifications get lost on the way. */
  silent = false
  readonly open = new Map<string, Channel>()
  readonly #sending = new Set<Promise<unknown>>()

  watch(calendarId: string, url: string, body: Record<string, unknown>): object {
    const { id, type, address, token, expiration, params } = body as Record<string, string>
    if (type !== 'web_hook' || !id || !address)
      throw new Refused(400, 'required', 'A channel needs id, type web_hook and address.')
    if (!/^https:/.test(address) && !(this.takesHttp && /^http:/.test(address)))
      throw new Refused(400, 'push.webhookUrlNotHttps', `WebHook callback must be HTTPS: ${address}`)
    if (this.open.has(id)) throw new Refused(400, 'channelIdNotUnique', `Channel id ${id} not unique`)
    const ttl = Number((params as unknown as { ttl?: string })?.ttl ?? USUAL_TTL_SECONDS)
    const asked = expiration ? Number(expiration) : Date.now() + ttl * 1_000
    const expiresAtMs = Math.min(asked, Date.now() + this.ttlSeconds * 1_000)
    const resourceId = `resource-${Buffer.from(calendarId).toString('base64url')}`
    const channel: Channel = { id, address, token, calendarId, resourceId, expiresAtMs, messages: 0 }
    this.open.set(id, channel)
    this.#send(channel, 'sync')
    const resourceUri = `${url}/calendars/${calendarId}/events?alt=json`
    return { kind: 'api#channel', id, resourceId, resourceUri, token, expiration: String(expiresAtMs) }
  }

  stop({ id, resourceId }: { id?: string; resourceId?: string }): void {
    const channel = this.open.get(id ?? '')
    if (channel?.resourceId !== resourceId)
      throw new Refused(404, 'notFound', `Channel '${id}' not found for project`)
    this.open.delete(id!)
  }

  changed(calendarId: string): void {
    for (const channel of this.open.values()) {
      if (channel.expiresAtMs <= Date.now()) this.open.delete(channel.id)
      else if (channel.calendarId === calendarId) this.#send(channel, 'exists')
    }
  }

  /** All that was to be told has been told. */
  async told(): Promise<void> {
    while (this.#sending.size > 0) await Promise.all(this.#sending)
  }

  #send(channel: Channel, state: 'sync' | 'exists'): void {
    channel.messages += 1
    if (this.silent) return
    const sending: Promise<unknown> = fetch(channel.address, {
      method: 'POST',
      headers: headersOf(channel, state),
      signal: AbortSignal.timeout(SEND_TIMEOUT_MS),
    }).then(
      (answer) => answer.body?.cancel(),
      () => undefined,
    )
    this.#sending.add(sending)
    sending.finally(() => this.#sending.delete(sending))
  }
}

export function headersOf(channel: Omit<Channel, 'address' | 'calendarId'>, state: string) {
  return {
    'x-goog-channel-id': channel.id,
    'x-goog-message-number': String(channel.messages),
    'x-goog-resource-id': channel.resourceId,
    'x-goog-resource-state': state,
    'x-goog-resource-uri': 'https://www.googleapis.com/calendar/v3/calendars/events?alt=json',
    'x-goog-channel-expiration': new Date(channel.expiresAtMs).toUTCString(),
    ...(channel.token === undefined ? {} : { 'x-goog-channel-token': channel.token }),
  }
}
