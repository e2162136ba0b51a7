import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** What the network does to the bytes that pass from now on; it can be changed at any time. */
export interface Trouble {
  /** What clients send is kept; once this is over it goes on its way, in order, also that of clients which have gone by then. */
  readonly holdRequests?: boolean
  /** What the server says is lost. A connection that lost something is cut once this is over. */
  readonly swallowAnswers?: boolean
  /** Each piece is this late, in both directions. */
  readonly delayMs?: number
}

export interface TcpProxy {
  /** On the loopback; clients connect here. */
  readonly port: number
  /** Connections that are open now. */
  readonly open: number
  /** Of answers that were lost so far. */
  readonly swallowedBytes: number
  /** Of requests that are being held. */
  readonly heldBytes: number
  /** In place of the trouble there was; `{}` ends it. */
  trouble(trouble: Trouble): void
  /** Ends every client's connection at once. What is held still reaches the server. */
  cut(): void
  stop(): Promise<void>
}

/** A TCP proxy on the loopback that loses, holds and delays what passes. */
export async function startProxy({ targetPort }: { readonly targetPort: number }): Promise<TcpProxy> {
  let now: Trouble = {}
  let swallowedBytes = 0
  const lines = new Set<Line>()

  const listener = createServer({ noDelay: true }, (client) => {
    const server = connect({ port: targetPort, host: '127.0.0.1', noDelay: true })
    const line = openLine(client, server)
    lines.add(line)
    client.on('data', (bytes: Buffer) => {
      if (now.holdRequests || line.held.length > 0) line.held.push(bytes)
      else line.toServer(bytes, now.delayMs)
    })
    server.on('data', (bytes: Buffer) => {
      if (!now.swallowAnswers) return line.toClient(bytes, now.delayMs)
      swallowedBytes += bytes.length
      line.lossy = true
    })
    client.on('close', () => {
      if (line.held.length === 0) server.destroy()
    })
    server.on('close', () => {
      lines.delete(line)
      client.destroy()
    })
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  return {
    port: (listener.address() as AddressInfo).port,
    get open() {
      return [...lines].filter(({ client }) => !client.destroyed).length
    },
    get swallowedBytes() {
      return swallowedBytes
    },
    get heldBytes() {
      return [...lines].flatMap(({ held }) => held).reduce((sum, bytes) => sum + bytes.length, 0)
    },
    trouble: (trouble) => {
      now = trouble
      for (const line of lines) {
        if (!now.holdRequests) line.release()
        if (line.lossy && !now.swallowAnswers) line.client.destroy()
      }
    },
    cut: () => {
      for (const { client } of lines) client.destroy()
    },
    stop: async () => {
      for (const { client, server } of lines) {
        client.destroy()
        server.destroy()
      }
      listener.close()
      if (listener.listening) await once(listener, 'close')
    },
  }
}

type Line = ReturnType<typeof openLine>

function openLine(client: Socket, server: Socket) {
  // A client that is cut off in the middle of a word is what this is for.
  for (const socket of [client, server]) socket.on('error', () => undefined)
  const toServer = inOrder(server)
  const held: Buffer[] = []
  return {
    client,
    server,
    held,
    lossy: false,
    toServer,
    toClient: inOrder(client),
    release: () => {
      for (const bytes of held.splice(0)) toServer(bytes)
      if (client.destroyed) void toServer.written().then(() => server.end())
    },
  }
}

/** Writes pieces in the order they came, however long each is delayed. */
function inOrder(to: Socket) {
  let last: Promise<unknown> = Promise.resolve()
  const write = (bytes: Buffer, delayMs = 0) => {
    last = Promise.all([last, delayMs > 0 && sleep(delayMs)]).then(() => to.writable && to.write(bytes))
  }
  return Object.assign(write, { written: () => last })
}
