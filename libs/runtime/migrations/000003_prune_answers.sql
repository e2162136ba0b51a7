-- What is older than 30 days is found by this index and no longer by reading the whole table. Its end is where every new row goes:
-- of the some 40 µs that an answer costs, what it adds is too little to measure. The outbox is walked by its id and
-- the inbox by the time in its event ids, which costs those who write them nothing (bus/prune.ts).
create index idempotency_age on idempotency (created_at);
