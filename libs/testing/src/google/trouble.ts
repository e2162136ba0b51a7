export type GoogleCall =
  | 'oauth.auth'
  | 'oauth.token'
  | 'oauth.revoke'
  | 'calendarList.list'
  | 'calendars.get'
  | 'events.list'
  | 'events.get'
  | 'events.insert'
  | 'events.update'
  | 'events.patch'
  | 'events.delete'
  | 'events.watch'
  | 'channels.stop'
  | 'unknown'

/**
 * What goes wrong with the next requests of a kind. `drop` breaks the connection, `hang` keeps it without an answer; `-after`:
 * the work was done all the same. slow: a quarter of a second. rate-limit is the 403 of that name, too-many 429, fault 503.
 */
export interface GoogleTrouble {
  /** `events`: any of them. */
  readonly on: GoogleCall | 'events'
  readonly how:
    | 'drop'
    | 'drop-after'
    | 'hang'
    | 'hang-after'
    | 'slow'
    | 'rate-limit'
    | 'too-many'
    | 'fault'
    | 'fault-after'
    | 'unauthorized'
    | 'refused'
  readonly times?: number
  /** So many go well before. */
  readonly after?: number
  readonly retryAfterSeconds?: number
}

export type Troubles = { readonly trouble: GoogleTrouble; left: number; spared: number }[]

export function takeTrouble(troubles: Troubles, call: GoogleCall): GoogleTrouble | undefined {
  const concerns = (on: GoogleTrouble['on']) => on === call || (on === 'events' && call.startsWith('events.'))
  const next = troubles.find(({ trouble, left }) => left > 0 && concerns(trouble.on))
  if (!next) return undefined
  if (next.spared > 0) {
    next.spared--
    return undefined
  }
  next.left--
  return next.trouble
}

/** Which of the API's methods a request is. */
export function callOf(method: string, path: readonly string[]): GoogleCall {
  const [first, , kind, id, events, last] = path
  if (first === 'o') return 'oauth.auth'
  if (first === 'token' || first === 'revoke') return `oauth.${first}`
  if (kind === 'channels') return 'channels.stop'
  if (kind === 'users') return 'calendarList.list'
  if (kind === 'calendars' && id && !events) return 'calendars.get'
  if (kind !== 'calendars' || events !== 'events') return 'unknown'
  if (last === 'watch') return 'events.watch'
  if (!last) return method === 'POST' ? 'events.insert' : 'events.list'
  const verbs = {
    GET: 'events.get',
    PUT: 'events.update',
    PATCH: 'events.patch',
    DELETE: 'events.delete',
  } as const
  return verbs[method as keyof typeof verbs] ?? 'unknown'
}
