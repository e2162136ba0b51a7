import { fields } from '@praxisbus/contracts'
import { type QueryContext, type Sql, sql, type Tx } from '@praxisbus/runtime'
import { z } from 'zod'
import { STATUSES } from '../domain/encounter.ts'

const PAGE = {
  before: z.coerce
    .number()
    .int()
    .min(1)
    .max(Number.MAX_SAFE_INTEGER)
    .optional()
    .describe('Encounter number to go on below: `next` of the page before'),
  limit: z.coerce.number().int().min(1).max(100).default(50),
}
type Page = { readonly before?: number; readonly limit: number }

export const patientEncountersQuery = z.strictObject({ patientId: fields.id, ...PAGE })
export const unsignedEncountersQuery = z.strictObject({
  practitionerId: fields.id.optional(),
  mine: z.enum(['true', 'false']).default('false').describe('Only those of the user as a practitioner'),
  ...PAGE,
})

export const encounterListOutput = z.object({
  encounters: z.array(
    z.object({
      encounterId: fields.id,
      encounterNumber: z.int(),
      templateName: z.string(),
      appointmentId: fields.id.nullable(),
      patientId: fields.id,
      patientName: z.string().nullable(),
      practitionerId: fields.id,
      practitionerName: z.string().nullable(),
      serviceDate: fields.date,
      status: z.enum(STATUSES),
      signed: z.boolean().describe('Signed by all required roles'),
      signerRoles: z.array(z.string()),
      signedRoles: z.array(z.string()),
      released: z.boolean(),
      savedAt: fields.instant,
      version: z.int(),
    }),
  ),
  next: z.int().nullable().describe('Where the next page begins; null: this is the last'),
})
type List = z.output<typeof encounterListOutput>

/** A patient's encounters, newest first, with their status (E-06). */
export function listPatientEncounters(
  ctx: QueryContext,
  { patientId, ...page }: z.output<typeof patientEncountersQuery>,
) {
  return list(ctx, sql`patient_id = ${patientId}`, page)
}

/** What is still to be signed: draft and review (E-08). */
export function listUnsignedEncounters(
  ctx: QueryContext,
  { practitionerId, mine, ...page }: z.output<typeof unsignedEncountersQuery>,
) {
  const conditions = [sql`status <> 'signed'`]
  if (practitionerId) conditions.push(sql`practitioner_id = ${practitionerId}`)
  if (mine === 'true')
    conditions.push(
      sql`practitioner_id in (select id from practitioner_replica where user_id = ${ctx.principal.userId})`,
    )
  return list(ctx, sql.join(conditions, sql` and `), page)
}

async function list(ctx: QueryContext, which: Sql, { before, limit }: Page): Promise<List> {
  const rows = await select(ctx.tx, which, before ?? Number.MAX_SAFE_INTEGER, limit + 1)
  const encounters = rows.slice(0, limit)
  for (const { encounterId } of encounters) ctx.audit('encounter', encounterId)
  return { encounters, next: rows.length > limit ? encounters.at(-1)!.encounterNumber : null }
}

function select(tx: Tx, which: Sql, before: number, count: number) {
  return tx.many<List['encounters'][number]>(sql`
    select encounter.id as encounter_id, number as encounter_number, template_name, appointment_id, patient_id,
           patient.name as patient_name, practitioner_id, practitioner.name as practitioner_name, service_date,
           status, status = 'signed' as signed, signer_roles,
           array(select role from encounter_signature signature
                  where signature.encounter_id = encounter.id and signature.content_version = encounter.content_version
                  order by position) as signed_roles,
           released_at is not null as released, saved_at, encounter.version
      from encounter
      left join patient_replica patient on patient.id = patient_id
      left join practitioner_replica practitioner on practitioner.id = practitioner_id
     where ${which} and number < ${before}
     order by number desc limit ${count}`)
}
