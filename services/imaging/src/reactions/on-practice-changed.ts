import { PracticeChanged } from '@praxisbus/contracts'
import { reaction, sql } from '@praxisbus/runtime'

export const onPracticeChanged = reaction(PracticeChanged, async ({ tx, practiceId, event }, practice) => {
  await tx.run(sql`
    insert into practice_replica as replica (practice_id, name, time_zone, imaging_in_use, version)
    values (${practiceId}, ${practice.name}, ${practice.timeZone}, ${practice.products.imaging}, ${event.version})
    on conflict (practice_id) do update
      set name = excluded.name, time_zone = excluded.time_zone, imaging_in_use = excluded.imaging_in_use,
          version = excluded.version
      where replica.version < excluded.version`)
})
