import { RoomChanged } from '@praxisbus/contracts'
import { type CommandContext, isRefusal, sql } from '@praxisbus/runtime'
import { z } from 'zod'
import type { RoomAnswer } from '../answers.ts'
import { id, name } from '../domain/input.ts'
import { findLocation } from '../lookups.ts'

export const roomInput = z.strictObject({ name, locationId: id, active: z.boolean().default(true) })
export type RoomInput = z.infer<typeof roomInput>

/** S-01: a room of a location. Refuses `location_not_available`. */
export async function addRoom(ctx: CommandContext, input: RoomInput) {
  const location = await findLocation(ctx.tx, input.locationId)
  if (isRefusal(location)) return location
  const roomId = ctx.newId()
  await ctx.tx.run(sql`
    insert into room (practice_id, id, location_id, name, active)
    values (${ctx.principal.practiceId}, ${roomId}, ${input.locationId}, ${input.name}, ${input.active})`)
  return publishRoom(ctx, { roomId, ...input, version: 1 }, 'add')
}

export function publishRoom(ctx: CommandContext, room: RoomAnswer, action: 'add' | 'change'): RoomAnswer {
  const { version, ...data } = room
  ctx.record(RoomChanged, { subject: data.roomId, version, data })
  ctx.audit('room', data.roomId, action)
  return room
}
