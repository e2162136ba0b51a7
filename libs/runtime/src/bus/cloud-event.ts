import { type EventContract, eventSchemaId, eventType } from '@praxisbus/contracts'
import type { FactOf } from '../context.ts'
import { isUuid, newId } from '../ids.ts'
import { currentTrace } from '../trace.ts'

/** An event on its way to Kafka: CloudEvents 1.0, Kafka binding, binary mode (attributes are headers, data is the body). */
export interface OutgoingEvent {
  readonly eventId: string
  readonly practiceId: string
  readonly topic: string
  readonly key: string
  readonly type: string
  readonly sequence: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A broker takes 1 MiB a batch by default; an event is a fact, not a file. */
const MAX_BODY_BYTES = 512 * 1024

export function toCloudEvent<Data>(
  contract: EventContract<Data>,
  fact: FactOf<Data>,
  from: { practiceId: string; time: Temporal.Instant },
): OutgoingEvent {
  const checked = contract.data.safeParse(fact.data)
  if (!checked.success)
    throw new Error(`${eventType(contract)} does not match its contract: ${checked.error.message}`)
  const body = JSON.stringify(checked.data)
  if (Buffer.byteLength(body) > MAX_BODY_BYTES)
    throw new Error(`${eventType(contract)} is larger than ${MAX_BODY_BYTES} bytes`)
  const trace = currentTrace()
  const eventId = newId()
  const headers: Record<string, string> = {
    ce_specversion: '1.0',
    ce_id: eventId,
    ce_type: eventType(contract),
    ce_source: `/praxisbus/${contract.owner}`,
    ce_subject: fact.subject,
    ce_time: from.time.toString(),
    ce_dataschema: eventSchemaId(contract),
    ce_practiceid: from.practiceId,
    ce_sequence: String(fact.version),
    ce_correlationid: trace.correlationId,
    ce_traceparent: trace.traceparent,
    'content-type': 'application/json',
  }
  if (trace.causationId) headers.ce_causationid = trace.causationId
  return {
    eventId,
    practiceId: from.practiceId,
    topic: contract.topic,
    key: fact.subject,
    type: eventType(contract),
    sequence: fact.version,
    headers,
    body,
  }
}

/** An event as it came off a topic, with the attributes a consumer relies on. */
export interface IncomingEvent {
  readonly id: string
  readonly type: string
  readonly subject: string
  readonly time: string
  readonly practiceId: string
  readonly version: number
  readonly correlationId: string
  readonly traceparent?: string
  readonly data: unknown
}

export class MalformedEvent extends Error {}

/** Throws MalformedEvent, naming the attribute, for a message that is not one of ours. */
export function fromMessage(headers: Readonly<Record<string, string>>, body: string | null): IncomingEvent {
  const attribute = (name: string) => {
    const value = headers[`ce_${name}`]
    if (!value) throw new MalformedEvent(`attribute ce_${name} is missing`)
    return value
  }
  if (!isUuid(attribute('practiceid'))) throw new MalformedEvent('attribute ce_practiceid is not a UUID')
  if (!isUuid(attribute('id'))) throw new MalformedEvent('attribute ce_id is not a UUID')
  const version = Number(attribute('sequence'))
  if (!Number.isSafeInteger(version) || version < 1)
    throw new MalformedEvent('attribute ce_sequence is not a positive integer')
  if (body === null) throw new MalformedEvent('the body is empty')
  let data: unknown
  try {
    data = JSON.parse(body)
  } catch {
    throw new MalformedEvent('the body is not JSON')
  }
  return {
    id: attribute('id'),
    type: attribute('type'),
    subject: attribute('subject'),
    time: attribute('time'),
    practiceId: attribute('practiceid'),
    version,
    correlationId: headers.ce_correlationid ?? attribute('id'),
    traceparent: headers.ce_traceparent,
    data,
  }
}
