import { type QueryContext, sql } from '@praxisbus/runtime'
import type { LocationAnswer } from '../answers.ts'
import { notFound } from '../lookups.ts'
import { type NamePage, paged } from '../page.ts'

const COLUMNS = sql`id as location_id, name, place_of_service, active, version`

/** S-01: by name. */
export async function listLocations(ctx: QueryContext, { limit, after }: NamePage) {
  const rows = await ctx.tx.many<LocationAnswer>(sql`
    select ${COLUMNS} from location ${after ? sql`where (name, id) > (${after[0]}, ${after[1]})` : sql``}
     order by name, id limit ${limit + 1}`)
  ctx.audit('location', 'list')
  return paged(rows, limit, (row) => [row.name, row.locationId])
}

export async function getLocation(ctx: QueryContext, { locationId }: { locationId: string }) {
  const found = await ctx.tx.maybe<LocationAnswer>(
    sql`select ${COLUMNS} from location where id = ${locationId}`,
  )
  if (!found) return notFound('location', locationId)
  ctx.audit('location', locationId)
  return found
}
