import type { EventContract, RenderingProviderChanged } from '@praxisbus/contracts'
import { type ReactionContext, sql } from '@praxisbus/runtime'

type Data = typeof RenderingProviderChanged extends EventContract<infer D> ? D : never

/** Billing's link from a practitioner of ours to its rendering provider (E-12). */
export async function onRenderingProviderChanged({ tx, practiceId, event }: ReactionContext, data: Data) {
  await tx.run(sql`
    insert into rendering_provider_replica (practice_id, id, practitioner_id, active, version)
    values (${practiceId}, ${data.renderingProviderId}, ${data.practitionerId}, ${data.active}, ${event.version})
    on conflict (practice_id, id) do update
       set practitioner_id = excluded.practitioner_id, active = excluded.active, version = excluded.version
     where rendering_provider_replica.version < excluded.version`)
}
