/** Entries of one posting in the sealed period. */
export const MARCH = `journal_id in (select id from journal where effective_date = '2026-03-10')`
/** What a superuser does with triggers off, and what that is found as: the closing, and its fault. */
export const TAMPERED: [string, string, 'february' | 'march' | 'april', string][] = [
  [
    'the amounts of two entries',
    `update entry set amount_cents = amount_cents * 2 where ${MARCH}`,
    'march',
    'entries',
  ],
  [
    'an entry deleted',
    `delete from entry where id = (select min(id) from entry where ${MARCH})`,
    'march',
    'counts',
  ],
  ['all entries of a journal deleted', `delete from entry where ${MARCH}`, 'march', 'counts'],
  [
    'an entry inserted',
    `insert into entry (practice_id, journal_id, account_id, amount_cents)
     select practice_id, journal_id, account_id, 5 from entry where ${MARCH} limit 1`,
    'march',
    'counts',
  ],
  [
    'a journal inserted, recorded long ago',
    `with new as (insert into journal (practice_id, id, kind, batch_id, effective_date, recorded_by, recorded_at)
       select practice_id, gen_random_uuid(), kind, batch_id, effective_date, recorded_by, recorded_at - interval '1 day'
         from journal where effective_date = '2026-03-10' and kind = 'receipt' returning *)
     insert into entry (practice_id, journal_id, account_id, amount_cents)
     select new.practice_id, new.id, account_id, amount_cents from new, entry where ${MARCH} limit 2`,
    'march',
    'counts',
  ],
  [
    'who recorded it',
    `update journal set recorded_by = 'somebody else' where effective_date = '2026-03-10' and kind = 'receipt'`,
    'march',
    'entries',
  ],
  [
    'when it was recorded',
    `update journal set recorded_at = recorded_at - interval '1 microsecond' where effective_date = '2026-03-10' and kind = 'receipt'`,
    'march',
    'entries',
  ],
  [
    'two dates swapped within the period',
    `update journal set effective_date = case effective_date when '2026-03-10' then '2026-03-20'::date else '2026-03-10' end
      where effective_date in ('2026-03-10', '2026-03-20') and kind = 'receipt'`,
    'march',
    'entries',
  ],
  [
    'two dates swapped with an open period',
    `update journal set effective_date = case effective_date when '2026-04-10' then '2026-05-10'::date else '2026-04-10' end
      where effective_date in ('2026-04-10', '2026-05-10') and kind = 'receipt'`,
    'april',
    'entries',
  ],
  [
    'the code of a disbursement',
    `update account set code = 'O' where id = (select min(id::text)::uuid from account where kind = 'disbursed')`,
    'february',
    'entries',
  ],
  ['a seal', `update reporting_period set seal = repeat('0', 64) where id = '@march'`, 'march', 'entries'],
  [
    'a seal, and the link of the next to it',
    `update reporting_period set seal = repeat('0', 64) where id = '@march';
     update reporting_period set previous_seal = repeat('0', 64) where id = '@april'`,
    'march',
    'entries',
  ],
  ['the closing before taken away', `delete from reporting_period where id = '@march'`, 'april', 'missing'],
]
