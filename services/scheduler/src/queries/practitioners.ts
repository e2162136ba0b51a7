import { type QueryContext, sql } from '@praxisbus/runtime'
import type { PractitionerAnswer } from '../answers.ts'
import { notFound } from '../lookups.ts'
import { type NamePage, paged } from '../page.ts'

const COLUMNS = sql`id as practitioner_id, user_id, name, credentials, npi, active, version`

/** S-01: by name. */
export async function listPractitioners(ctx: QueryContext, { limit, after }: NamePage) {
  const rows = await ctx.tx.many<PractitionerAnswer>(sql`
    select ${COLUMNS} from practitioner ${after ? sql`where (name, id) > (${after[0]}, ${after[1]})` : sql``}
     order by name, id limit ${limit + 1}`)
  ctx.audit('practitioner', 'list')
  return paged(rows, limit, (row) => [row.name, row.practitionerId])
}

export async function getPractitioner(ctx: QueryContext, { practitionerId }: { practitionerId: string }) {
  const found = await ctx.tx.maybe<PractitionerAnswer>(
    sql`select ${COLUMNS} from practitioner where id = ${practitionerId}`,
  )
  if (!found) return notFound('practitioner', practitionerId)
  ctx.audit('practitioner', practitionerId)
  return found
}
