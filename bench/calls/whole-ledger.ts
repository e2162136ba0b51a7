import type pg from 'pg'

/** A figure counts only over whole books. Throws where a balance is not the sum of its entries. */
export async function requireWholeLedger(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ wrong: number }>(`
    select count(*) as wrong from account left join (
      select practice_id, account_id, sum(amount_cents) as cents from entry group by 1, 2) as posted
        on posted.practice_id = account.practice_id and posted.account_id = account.id
     where balance_cents <> coalesce(posted.cents, 0)`)
  if (Number(rows[0]!.wrong) !== 0)
    throw new Error(`${rows[0]!.wrong} balances are not those of their entries`)
}
