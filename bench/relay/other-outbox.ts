import { json, type Sql, sql } from '@praxisbus/runtime'
import type { OutgoingEvent } from '@praxisbus/runtime/bus/cloud-event.ts'

/** The same facts as rows of npm `pg-transactional-outbox`; the key is the segment that it keeps in order. */
export function insertOther(facts: readonly OutgoingEvent[]): Sql {
  return sql`
    insert into other.outbox (id, aggregate_type, aggregate_id, message_type, segment, payload, metadata)
    select id, topic, key, type, key, body::jsonb, headers::jsonb
      from unnest(
        ${facts.map(({ eventId }) => eventId)}::uuid[], ${facts.map(({ topic }) => topic)}::text[],
        ${facts.map(({ key }) => key)}::text[], ${facts.map(({ type }) => type)}::text[],
        ${facts.map(({ body }) => body)}::text[], ${facts.map(({ headers }) => json(headers))}::text[])
      with ordinality as fact (id, topic, key, type, body, headers, position)
     order by position`
}
