/**
 * What frees the locks of a client that the network or its machine's end swallowed: in 11 s instead of a minute or two hours.
 * The kernel sends no keepalive while an answer or a notification is on its way; then `tcp_user_timeout` counts, without
 * which it repeats them for a quarter of an hour.
 */
const VANISHED_CLIENT = {
  client_connection_check_interval: 2_000,
  tcp_keepalives_idle: 5,
  tcp_keepalives_interval: 2,
  tcp_keepalives_count: 3,
  tcp_user_timeout: 11_000,
}

/** The `options` of a connection that may hold a lock: of each that is more than a question. */
export function sessionOptions(settings: Readonly<Record<string, string | number>> = {}): string {
  return Object.entries({ ...settings, ...VANISHED_CLIENT })
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ')
}
