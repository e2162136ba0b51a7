import { PayerChanged } from '@praxisbus/contracts'
import { json, reaction, sql } from '@praxisbus/runtime'

/** A payer comes with all of its plans, so they are kept together: one that is gone there is gone here. */
export const onPayerChanged = reaction(PayerChanged, async ({ tx, practiceId, event }, payer) => {
  await tx.run(sql`
    insert into payer_replica as replica (practice_id, id, name, active, plans, version)
    values (${practiceId}, ${payer.payerId}, ${payer.name}, ${payer.active}, ${json(payer.plans)}, ${event.version})
    on conflict (practice_id, id) do update
      set name = excluded.name, active = excluded.active, plans = excluded.plans, version = excluded.version
      where replica.version < excluded.version`)
})
