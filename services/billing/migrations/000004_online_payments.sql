-- Payments online through the payment partner (B-02).

-- The practice's account at the payment partner. The key to it is a setting of the process and stands in no table.
create table payment_partner (
  practice_id uuid primary key,
  account_id text not null,
  connected_at timestamptz not null,
  connected_by text not null,
  disconnected_at timestamptz,
  version bigint not null default 1
);
-- Of one practice only, of all practices here: nobody can have another's money come to them or theirs to another.
create unique index payment_partner_account on payment_partner (account_id) where disconnected_at is null;
select practice_table('payment_partner', 'select, insert, update');

-- A bill's request for payment online, and the link that it has at the partner.
--   creating  no link yet, and none is being made
--   unknown   a link was asked for and no answer is known: the partner is asked what there is, never for another
--   open      the link is there, emailed or shown
--   closing   the link is being withdrawn; what was paid by it meanwhile counts
--   paid, cancelled (withdrawn unpaid), expired (the partner takes no more money by it), failed (the partner refused to make it)
create table payment_request (
  practice_id uuid not null,
  id uuid not null,
  billing_encounter_id uuid not null,
  appointment_id uuid,
  patient_id uuid not null,
  document_id uuid not null,             -- the invoice it goes out with
  account_id text not null,              -- as it was when it was asked for
  amount_cents bigint not null check (amount_cents > 0),
  currency text not null default 'usd' check (currency = 'usd'),
  state text not null default 'creating'
    check (state in ('creating', 'unknown', 'open', 'closing', 'paid', 'cancelled', 'expired', 'failed')),
  reason text,                           -- why it is closing, cancelled, expired or failed
  link_id text,
  link_url text,
  round int not null default 1,          -- part of the idempotency key: a new one where the partner kept a fault under the old
  attempts int not null default 0,       -- of what is being done now
  next_look_at timestamptz,              -- when the worker takes it up again; null: it waits for nothing
  last_error text,
  asked_at timestamptz not null,
  sent_at timestamptz,
  settled_at timestamptz,
  version bigint not null default 1,
  primary key (practice_id, id),
  check (state <> 'open' or (link_id is not null and link_url is not null)),
  foreign key (practice_id, billing_encounter_id) references billing_encounter,
  foreign key (practice_id, document_id) references document
);
-- One link at a time: a patient never has two that both take money for one bill.
create unique index payment_request_live on payment_request (practice_id, billing_encounter_id)
  where state in ('creating', 'unknown', 'open', 'closing');
create index payment_request_of on payment_request (practice_id, billing_encounter_id, id);
create unique index payment_request_link on payment_request (account_id, link_id) where link_id is not null;
create index payment_request_due on payment_request (next_look_at) where next_look_at is not null;
create index payment_request_id on payment_request (id);
select practice_table('payment_request', 'select, insert, update');

-- Money that came through a link. The partner's own id keeps it from being recorded twice, whatever is delivered how often.
create table online_payment (
  practice_id uuid not null,
  payment_intent_id text not null,
  payment_request_id uuid not null,
  receipt_id uuid not null,
  recorded_at timestamptz not null,
  primary key (practice_id, payment_intent_id),
  foreign key (practice_id, payment_request_id) references payment_request,
  foreign key (practice_id, receipt_id) references receipt
);
create index online_payment_of on online_payment (practice_id, payment_request_id);
create unique index online_payment_intent on online_payment (payment_intent_id);
select practice_table('online_payment', 'select, insert');

-- What happened to such money at the partner and a biller has to look at: refunds, disputes, payments that do not fit.
create table payment_notice (
  practice_id uuid not null,
  id uuid not null,
  event_id text not null,                -- of the partner: told twice, it is here once
  payment_request_id uuid not null,
  receipt_id uuid,
  kind text not null check (kind in ('refund', 'dispute', 'mismatch', 'failed')),
  detail text not null,
  amount_cents bigint,
  occurred_at timestamptz not null,
  noticed_at timestamptz not null,
  settled_at timestamptz,
  settled_by text,
  primary key (practice_id, id),
  unique (practice_id, event_id),
  foreign key (practice_id, payment_request_id) references payment_request,
  foreign key (practice_id, receipt_id) references receipt
);
create index payment_notice_open on payment_notice (practice_id, id) where settled_at is null;
select practice_table('payment_notice', 'select, insert, update');

-- The worker and the webhook ask whose a request, a link or a payment is; each is worked on as that practice's application.
create policy relay_finds_due on payment_request for select to praxisbus_relay using (true);
grant select (practice_id, id, account_id, link_id, state, next_look_at) on payment_request to praxisbus_relay;
create policy relay_finds_paid on online_payment for select to praxisbus_relay using (true);
grant select (practice_id, payment_intent_id, payment_request_id) on online_payment to praxisbus_relay;
