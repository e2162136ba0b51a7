import type { EventContract, PracticeChanged } from '@praxisbus/contracts'
import { type ReactionContext, sql } from '@praxisbus/runtime'

type Data = typeof PracticeChanged extends EventContract<infer D> ? D : never

export async function onPracticeChanged({ tx, practiceId, event }: ReactionContext, data: Data) {
  await tx.run(sql`
    insert into practice_replica (practice_id, name, time_zone, has_scheduler, has_ehr, has_billing, version)
    values (${practiceId}, ${data.name}, ${data.timeZone}, ${data.products.scheduler}, ${data.products.ehr}, ${data.products.billing}, ${event.version})
    on conflict (practice_id) do update
       set name = excluded.name, time_zone = excluded.time_zone, has_scheduler = excluded.has_scheduler, has_ehr = excluded.has_ehr,
           has_billing = excluded.has_billing, version = excluded.version
     where practice_replica.version < excluded.version`)
}
