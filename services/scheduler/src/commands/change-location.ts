import { type CommandContext, sql, staleWrite } from '@praxisbus/runtime'
import { notFound } from '../lookups.ts'
import { type LocationInput, publishLocation } from './add-location.ts'

/** S-01: replaces the whole record; appointments that exist keep their modifiers. Refuses `not_found`, `stale`. */
export async function changeLocation(
  ctx: CommandContext,
  { locationId, ...input }: LocationInput & { locationId: string },
) {
  const current = await ctx.tx.maybe<{ version: number }>(
    sql`select version from location where id = ${locationId} for update`,
  )
  if (!current) return notFound('location', locationId)
  const stale = staleWrite(ctx, current.version)
  if (stale) return stale
  const version = current.version + 1
  await ctx.tx.run(sql`
    update location set name = ${input.name}, place_of_service = ${input.placeOfService}, active = ${input.active},
           version = ${version}
     where id = ${locationId}`)
  return publishLocation(ctx, { locationId, ...input, version }, 'change')
}
