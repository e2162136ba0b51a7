import { type QueryContext, sql } from '@praxisbus/runtime'
import type { ServiceAnswer } from '../answers.ts'
import { type NamePage, paged } from '../page.ts'

/** S-03: billing's catalogue as it has arrived here, by code. */
export async function listServices(ctx: QueryContext, { limit, after }: NamePage) {
  const rows = await ctx.tx.many<ServiceAnswer>(sql`
    select service_id, code, description, amount_cents, length_minutes, default_modifiers, active from service_replica
     ${after ? sql`where (code, service_id) > (${after[0]}, ${after[1]})` : sql``}
     order by code, service_id limit ${limit + 1}`)
  ctx.audit('service', 'list')
  return paged(rows, limit, (row) => [row.code, row.serviceId])
}
