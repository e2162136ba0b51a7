import { fields, LocationChanged } from '@praxisbus/contracts'
import { type CommandContext, sql } from '@praxisbus/runtime'
import { z } from 'zod'
import type { LocationAnswer } from '../answers.ts'
import { name } from '../domain/input.ts'

export const locationInput = z.strictObject({
  name,
  placeOfService: fields.placeOfService,
  active: z.boolean().default(true),
})
export type LocationInput = z.infer<typeof locationInput>

/** S-01: a location with its CMS place-of-service code. */
export async function addLocation(ctx: CommandContext, input: LocationInput): Promise<LocationAnswer> {
  const locationId = ctx.newId()
  await ctx.tx.run(sql`
    insert into location (practice_id, id, name, place_of_service, active)
    values (${ctx.principal.practiceId}, ${locationId}, ${input.name}, ${input.placeOfService}, ${input.active})`)
  return publishLocation(ctx, { locationId, ...input, version: 1 }, 'add')
}

export function publishLocation(
  ctx: CommandContext,
  location: LocationAnswer,
  action: 'add' | 'change',
): LocationAnswer {
  const { version, ...data } = location
  ctx.record(LocationChanged, { subject: data.locationId, version, data })
  ctx.audit('location', data.locationId, action)
  return location
}
