import { AsyncLocalStorage } from 'node:async_hooks'
import { randomBytes } from 'node:crypto'

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
  const traceId = TRACEPARENT.exec(traceparent ?? '')?.[1] ?? randomBytes(16).toString('hex')
  return {
    traceId,
    traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-01`,
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
