import { type QueryContext, sql } from '@praxisbus/runtime'
import type { RoomAnswer } from '../answers.ts'
import { notFound } from '../lookups.ts'
import { type NamePage, paged } from '../page.ts'

const COLUMNS = sql`id as room_id, location_id, name, active, version`

/** S-01: by name. */
export async function listRooms(ctx: QueryContext, { limit, after }: NamePage) {
  const rows = await ctx.tx.many<RoomAnswer>(sql`
    select ${COLUMNS} from room ${after ? sql`where (name, id) > (${after[0]}, ${after[1]})` : sql``}
     order by name, id limit ${limit + 1}`)
  ctx.audit('room', 'list')
  return paged(rows, limit, (row) => [row.name, row.roomId])
}

export async function getRoom(ctx: QueryContext, { roomId }: { roomId: string }) {
  const found = await ctx.tx.maybe<RoomAnswer>(sql`select ${COLUMNS} from room where id = ${roomId}`)
  if (!found) return notFound('room', roomId)
  ctx.audit('room', roomId)
  return found
}
