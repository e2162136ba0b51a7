-- Offsets start anew when a topic is made anew, after a restore for instance: a place in a partition does not say which
-- message lay there. A second message of a place was taken for the first one and lost.

-- The same message once per place, and every other one too. Garbage has no event id, so what it holds tells it apart.
alter table parked drop constraint parked_consumer_topic_partition_offset_key;
create unique index parked_once on parked (
  consumer, topic, partition, "offset", event_id, key, hashtextextended(headers::text || coalesce('=' || body, ''), 0)
) nulls not distinct;

-- true: it is not the message's fault (a lock, a busy database), so it is tried again by itself, in its order.
alter table parked add column waits boolean not null default false;

-- Attempts at another message of this place do not count against this one. null: the message did not say.
alter table delivery_attempt add column event_id uuid;
