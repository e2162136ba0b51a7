-- S-20: the practice's no-show fee, and appointments that were cancelled or that the patient did not keep.
alter table practice add column no_show_fee_cents bigint check (no_show_fee_cents > 0);   -- null: none

alter table appointment drop constraint appointment_status_check;
alter table appointment add constraint appointment_status_check
  check (status in ('scheduled', 'checked-in', 'completed', 'cancelled', 'deleted'));

-- Each cancellation stays, also one that was taken back. `version` is the appointment's that it made.
create table cancellation (
  practice_id uuid not null,
  appointment_id uuid not null,
  version bigint not null,
  kind text not null check (kind in ('cancelled', 'late-cancelled', 'no-show')),
  fee_cents bigint not null check (fee_cents >= 0),
  reason text,
  cancelled_at timestamptz not null,
  cancelled_by text not null,           -- user id
  restored_at timestamptz,
  restored_by text,
  primary key (practice_id, appointment_id, version),
  foreign key (practice_id, appointment_id) references appointment,
  check ((restored_at is null) = (restored_by is null))
);
create unique index cancellation_once on cancellation (practice_id, appointment_id) where restored_at is null;
select practice_table('cancellation', 'select, insert');
grant update (restored_at, restored_by) on cancellation to praxisbus_app;
