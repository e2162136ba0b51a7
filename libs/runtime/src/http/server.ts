import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/**
 * Longer than the usual minute after which a proxy lets go of a connection at rest: whoever lets go first while the other
 * sends loses a request.
 */
const KEEP_ALIVE_MS = 75_000
/**
 * An access token names each practice of its user with every permission there: Node's 16 KiB are some twenty
 * practices, 64 some eighty. gRPC has this bound by itself.
 */
const MAX_HEADER_BYTES = 65_536
/** Who has sent no whole head of a request by then, since nothing new is taken, sends none. */
const HEAD_MS = 500
/** What is in hand gets this long; the rest of the 15 s is for what has to be closed after it. */
const FINISH_MS = 10_000

export interface HttpServer {
  readonly server: Server
  /** Takes nothing new, answers what is in hand, and ends every connection within 10 s, whatever its client does. */
  close(): Promise<void>
}

export function openServer(listener: RequestListener): HttpServer {
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, listener)
  server.keepAliveTimeout = KEEP_ALIVE_MS
  const sockets = new Set<Socket>()
  /** To requests whose head has come. */
  const inHand = new Set<ServerResponse>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.on('request', (_request, response) => {
    inHand.add(response)
    response.once('close', () => inHand.delete(response))
  })

  return {
    server,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      // Each connection as it comes to rest: Node leaves one open whose last request began before.
      const resting = setInterval(() => server.closeIdleConnections(), 50)
      const over = new AbortController()
      const after = (ms: number, end: () => void) =>
        delay(ms, undefined, { signal: over.signal }).then(end, () => undefined)
      // Node waits for half a request as it does for one in hand, for a minute or five.
      void after(HEAD_MS, () => {
        const asking = new Set([...inHand].map(({ req }) => req.socket))
        for (const socket of sockets) if (!asking.has(socket)) socket.destroy()
      })
      void after(FINISH_MS, () => server.closeAllConnections())
      await closed
      over.abort()
      clearInterval(resting)
    },
  }
}
