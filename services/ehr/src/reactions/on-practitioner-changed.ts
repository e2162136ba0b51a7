import type { EventContract, PractitionerChanged } from '@praxisbus/contracts'
import { type ReactionContext, sql } from '@praxisbus/runtime'

type Data = typeof PractitionerChanged extends EventContract<infer D> ? D : never

export async function onPractitionerChanged({ tx, practiceId, event }: ReactionContext, data: Data) {
  await tx.run(sql`
    insert into practitioner_replica (practice_id, id, user_id, name, credentials, active, version)
    values (${practiceId}, ${data.practitionerId}, ${data.userId}, ${data.name}, ${data.credentials}, ${data.active}, ${event.version})
    on conflict (practice_id, id) do update
       set user_id = excluded.user_id, name = excluded.name, credentials = excluded.credentials,
           active = excluded.active, version = excluded.version
     where practitioner_replica.version < excluded.version`)
}
