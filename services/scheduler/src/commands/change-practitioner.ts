import { type CommandContext, sql, staleWrite } from '@praxisbus/runtime'
import { notFound } from '../lookups.ts'
import { orUserTaken, type PractitionerInput, publishPractitioner } from './add-practitioner.ts'

/** S-01: replaces the whole record. Refuses `not_found`, `stale`, `user_taken`. */
export async function changePractitioner(
  ctx: CommandContext,
  { practitionerId, ...input }: PractitionerInput & { practitionerId: string },
) {
  const current = await ctx.tx.maybe<{ version: number }>(
    sql`select version from practitioner where id = ${practitionerId} for update`,
  )
  if (!current) return notFound('practitioner', practitionerId)
  const stale = staleWrite(ctx, current.version)
  if (stale) return stale
  const version = current.version + 1
  const taken = await orUserTaken(() =>
    ctx.tx.run(sql`
      update practitioner set user_id = ${input.userId}, name = ${input.name}, credentials = ${input.credentials},
             npi = ${input.npi}, active = ${input.active}, version = ${version}
       where id = ${practitionerId}`),
  )
  return taken ?? publishPractitioner(ctx, { practitionerId, ...input, version }, 'change')
}
