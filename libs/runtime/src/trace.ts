import { AsyncLocalStorage } from 'node:async_hooks'
import { randomFillSync } from 'node:crypto'

/** What ties log lines, audit entries and events of one request together (W3C trace context). */
export interface Trace {
  readonly traceId: string
  readonly traceparent: string
  /** The first cause: kept over every event that follows from it. */
  readonly correlationId: string
  /** The event that is being reacted to, if any. */
  readonly causationId?: string
}

const storage = new AsyncLocalStorage<Trace>()
const TRACEPARENT = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/

/** Continues the caller's trace where the header is well-formed, else begins one. */
export function traceFrom(traceparent?: string, correlationId?: string, causationId?: string): Trace {
  const traceId = TRACEPARENT.exec(traceparent ?? '')?.[1] ?? randomHex(16)
  return {
    traceId,
    traceparent: `00-${traceId}-${randomHex(8)}-01`,
    correlationId: correlationId ?? traceId,
    causationId,
  }
}

export function inTrace<T>(trace: Trace, work: () => T): T {
  return storage.run(trace, work)
}

export function currentTrace(): Trace {
  return storage.getStore() ?? traceFrom()
}

/** Asking the system for random bytes costs the same for 8 of them as for many. */
const random = Buffer.alloc(8192)
let used = random.length

function randomHex(bytes: number): string {
  if (used + bytes > random.length) {
    randomFillSync(random)
    used = 0
  }
  const text = random.toString('hex', used, used + bytes)
  used += bytes
  return text
}
