import { ServiceChanged } from '@praxisbus/contracts'
import { reaction, sql } from '@praxisbus/runtime'

/** S-03: keeps the copy of billing's catalogue. An older version than the one here changes nothing. */
export const onServiceChanged = reaction(ServiceChanged, async ({ tx, practiceId, event }, service) => {
  await tx.run(sql`
    insert into service_replica as replica (practice_id, service_id, code, description, amount_cents, length_minutes,
                                            default_modifiers, active, version)
    values (${practiceId}, ${service.serviceId}, ${service.code}, ${service.description}, ${service.amountCents},
            ${service.lengthMinutes}, ${service.defaultModifiers}, ${service.active}, ${event.version})
    on conflict (practice_id, service_id) do update
       set code = excluded.code, description = excluded.description, amount_cents = excluded.amount_cents,
           length_minutes = excluded.length_minutes, default_modifiers = excluded.default_modifiers,
           active = excluded.active, version = excluded.version
     where replica.version < excluded.version`)
})
