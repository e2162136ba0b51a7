import { type CommandContext, isRefusal, sql, staleWrite } from '@praxisbus/runtime'
import { findLocation, notFound } from '../lookups.ts'
import { publishRoom, type RoomInput } from './add-room.ts'

/** S-01: replaces the whole record. Refuses `not_found`, `stale`, `location_not_available`. */
export async function changeRoom(ctx: CommandContext, { roomId, ...input }: RoomInput & { roomId: string }) {
  const current = await ctx.tx.maybe<{ version: number; locationId: string }>(
    sql`select version, location_id from room where id = ${roomId} for update`,
  )
  if (!current) return notFound('room', roomId)
  const stale = staleWrite(ctx, current.version)
  if (stale) return stale
  // A room may stay at a location that was closed since; it cannot move to one.
  if (input.locationId !== current.locationId) {
    const location = await findLocation(ctx.tx, input.locationId)
    if (isRefusal(location)) return location
  }
  const version = current.version + 1
  await ctx.tx.run(sql`
    update room set name = ${input.name}, location_id = ${input.locationId}, active = ${input.active},
           version = ${version}
     where id = ${roomId}`)
  return publishRoom(ctx, { roomId, ...input, version }, 'change')
}
