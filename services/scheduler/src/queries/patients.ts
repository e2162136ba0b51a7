import { type QueryContext, sql } from '@praxisbus/runtime'
import { notFound, PATIENT_COLUMNS, type PatientRow, patientAnswerOf, patientById } from '../lookups.ts'
import { type NamePage, paged } from '../page.ts'

/** S-01: by name; `search` finds a part of it, in either case. */
export async function listPatients(ctx: QueryContext, input: NamePage & { readonly search?: string }) {
  const { limit, after, search } = input
  const rows = await ctx.tx.many<PatientRow>(sql`
    select ${PATIENT_COLUMNS} from patient
     where true
       ${after ? sql`and (name, id) > (${after[0]}, ${after[1]})` : sql``}
       ${search ? sql`and position(lower(${search}) in lower(name)) > 0` : sql``}
     order by name, id limit ${limit + 1}`)
  const page = paged(rows.map(patientAnswerOf), limit, (row) => [row.name, row.patientId])
  for (const { patientId } of page.items) ctx.audit('patient', patientId)
  return page
}

export async function getPatient(ctx: QueryContext, { patientId }: { patientId: string }) {
  const [row] = await ctx.shown<PatientRow>('patient', sql`patient_id`, patientById(patientId))
  return row ? patientAnswerOf(row) : notFound('patient', patientId)
}
