-- Postings of many lines: what a foreign key looked up row by row is looked up for all rows of a statement at once, and what these
-- keys point to can no longer go away at all. Nothing is checked less; docs/performance.md has what each of these costs.

-- Room in each page for the new version of a row whose balance or version changes: none of their indexes is written then.
alter table account set (fillfactor = 70);
alter table receipt set (fillfactor = 70);

-- What postings point to: not even the tables' owner removes it or gives it another identity.
create function refuse_removal() returns trigger language plpgsql as $$
begin
  raise exception '% is what the books point to: its rows are neither removed nor renamed', tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger kept before delete or truncate on reference_batch for each statement execute function refuse_removal();
create trigger kept before delete or truncate on charge for each statement execute function refuse_removal();
create trigger kept before delete or truncate on payment for each statement execute function refuse_removal();
create trigger kept before delete or truncate on account for each statement execute function refuse_removal();
create trigger same before update of practice_id, id, batch_date on reference_batch for each statement execute function refuse_removal();
create trigger same before update of practice_id, id on charge for each statement execute function refuse_removal();
create trigger same before update of practice_id, id on payment for each statement execute function refuse_removal();
create trigger same before update of practice_id, id on account for each statement execute function refuse_removal();

-- Entries: their journal is one of this transaction, their accounts are there.
alter table entry
  drop constraint entry_practice_id_journal_id_fkey,
  drop constraint entry_practice_id_account_id_fkey;
create or replace function post_entries() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  strange record;
  unbalanced record;
  locked bigint;
begin
  select named.journal_id, named.recorded_in into strange
    from (select journal_id, (select recorded_in from journal where journal.practice_id = each.practice_id and journal.id = each.journal_id)
            from (select distinct practice_id, journal_id from posted) as each) as named (journal_id, recorded_in)
   where named.recorded_in is distinct from pg_current_xact_id() limit 1;
  if found and strange.recorded_in is null then
    raise exception 'there is no journal %', strange.journal_id using errcode = 'foreign_key_violation';
  elsif found then
    raise exception 'a journal takes no entries after the transaction that recorded it' using errcode = 'restrict_violation';
  end if;
  select journal_id, count(*) as entries, sum(amount_cents) as total into unbalanced
    from posted group by journal_id having count(*) < 2 or sum(amount_cents) <> 0 limit 1;
  if found then
    raise exception 'journal % does not balance: % entries, sum %', unbalanced.journal_id, unbalanced.entries, unbalanced.total
      using errcode = 'check_violation', constraint = 'journal_balance';
  end if;
  perform from account
    where exists (select from posted where posted.practice_id = account.practice_id and posted.account_id = account.id)
    order by account.id for update;
  get diagnostics locked = row_count;
  if locked <> (select count(*) from (select distinct practice_id, account_id from posted) as named) then
    raise exception 'an entry names an account that is not there' using errcode = 'foreign_key_violation';
  end if;
  update account set balance_cents = account.balance_cents + moved.cents
    from (select practice_id, account_id, sum(amount_cents)::bigint as cents from posted group by 1, 2) as moved
   where account.practice_id = moved.practice_id and account.id = moved.account_id;
  return null;
end $$;

-- Journals: they have the date of their batch, and their period is open.
alter table journal drop constraint journal_practice_id_batch_id_effective_date_fkey;
create or replace function journal_in_open_period() returns trigger language plpgsql as $$
declare
  checked record;
  closed date;
begin
  if exists (select from (select distinct practice_id, batch_id, effective_date from posted) as named
              where not exists (select from reference_batch as batch where batch.practice_id = named.practice_id
                and batch.id = named.batch_id and batch.batch_date = named.effective_date)) then
    raise exception 'a journal must have the date of its batch' using errcode = 'foreign_key_violation';
  end if;
  for checked in select practice_id, min(effective_date) as first_date from posted group by practice_id loop
    perform pg_advisory_xact_lock_shared(books_lock(checked.practice_id));
    closed := closed_through(checked.practice_id);
    if checked.first_date <= closed then
      raise exception 'a journal of % is dated in a period that is closed through %', checked.first_date, closed
        using errcode = 'check_violation', constraint = 'journal_in_open_period';
    end if;
  end loop;
  return null;
end $$;

-- Entries come balanced, two or more to a journal, or their statement fails: at commit it is left to ask whether there are any.
create or replace function journal_must_balance() returns trigger language plpgsql as $$
declare
  practice_then text := current_setting('app.practice', true);
  other boolean := practice_then is distinct from new.practice_id::text;
  posted boolean;
begin
  if other then
    perform set_config('app.practice', new.practice_id::text, true);
  end if;
  posted := exists (select from entry where practice_id = new.practice_id and journal_id = new.id);
  if other then
    perform set_config('app.practice', coalesce(practice_then, ''), true);
  end if;
  if not posted then
    raise exception 'journal % does not balance: 0 entries', new.id using errcode = 'check_violation', constraint = 'journal_balance';
  end if;
  return null;
end $$;

-- A journal that takes nothing back needs no place in this index.
alter table journal drop constraint journal_practice_id_corrects_journal_id_key;
create unique index journal_corrects on journal (practice_id, corrects_journal_id) where corrects_journal_id is not null;

-- Applications: their payment, their charge and, where they moved money, their journal are there.
alter table payment_application
  drop constraint payment_application_practice_id_payment_id_fkey,
  drop constraint payment_application_practice_id_charge_id_fkey,
  drop constraint payment_application_practice_id_journal_id_fkey;
create function application_of_what_is() returns trigger language plpgsql as $$
begin
  if exists (select from (select distinct practice_id, payment_id from applied) as named
              where (select id from payment where payment.practice_id = named.practice_id and payment.id = named.payment_id) is null)
     or exists (select from (select distinct practice_id, charge_id from applied) as named
                 where (select id from charge where charge.practice_id = named.practice_id and charge.id = named.charge_id) is null)
     or exists (select from applied where journal_id is not null
                   and (select id from journal where journal.practice_id = applied.practice_id and journal.id = applied.journal_id) is null) then
    raise exception 'an application names a payment, a charge or a journal that is not there' using errcode = 'foreign_key_violation';
  end if;
  return null;
end $$;
create trigger of_what_is after insert on payment_application referencing new table as applied
  for each statement execute function application_of_what_is();
create trigger same before update of practice_id, payment_id, charge_id, journal_id on payment_application
  for each statement execute function refuse_removal();
