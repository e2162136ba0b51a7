import { LocationChanged } from '@praxisbus/contracts'
import { reaction, sql } from '@praxisbus/runtime'

export const onLocationChanged = reaction(LocationChanged, async ({ tx, practiceId, event }, location) => {
  await tx.run(sql`
    insert into location_replica as replica (practice_id, id, name, active, version)
    values (${practiceId}, ${location.locationId}, ${location.name}, ${location.active}, ${event.version})
    on conflict (practice_id, id) do update
      set name = excluded.name, active = excluded.active, version = excluded.version
      where replica.version < excluded.version`)
})
