import { fields } from '@praxisbus/contracts'
import { type QueryContext, type Sql, sql, type Tx } from '@praxisbus/runtime'
import { z } from 'zod'
import { PLUGINS } from '../domain/content.ts'
import { encounterNotFound, STATUSES } from '../domain/encounter.ts'

const code = { code: z.string(), description: z.string() }

export const releasedOutput = z.object({
  renderingProviderId: fields.id.nullable(),
  serviceDate: fields.date,
  releasedAt: fields.instant,
  contentVersion: z.int().describe('Which version of the note billing has'),
  diagnoses: z.array(z.object(code)),
  procedures: z.array(
    z.object({
      lineId: fields.id,
      ...code,
      units: z.int(),
      modifiers: z.array(z.string()),
      diagnosisPointers: z.array(z.int()),
    }),
  ),
})

export const contentOutput = z.object({
  narrative: z.string(),
  vitals: z.record(z.string(), z.number()),
  diagnoses: z.array(z.object(code)),
  procedures: z.array(
    z.object({
      ...code,
      units: z.int(),
      modifiers: z.array(z.string()),
      diagnosisPointers: z.array(z.int()),
    }),
  ),
})

export const checkoutOutput = z.object({
  patientInstructions: z.string().nullable(),
  frontDeskInstructions: z.string().nullable(),
})

export const signatureOutput = z.object({
  role: z.string(),
  signedBy: z.string(),
  signerName: z.string(),
  signedAt: fields.instant,
  contentVersion: z.int(),
  documentSha256: z.string(),
})

export const encounterOutput = z.object({
  encounterId: fields.id,
  encounterNumber: z.int(),
  templateId: fields.id,
  templateName: z.string(),
  plugins: z.array(z.enum(PLUGINS)),
  appointmentId: fields.id.nullable(),
  patientId: fields.id,
  patientName: z.string().nullable().describe('null: not known here yet'),
  practitionerId: fields.id,
  practitionerName: z.string().nullable(),
  serviceDate: fields.date,
  status: z.enum(STATUSES),
  contentVersion: z.int().describe('Of the note; above 1 it was unlocked before'),
  content: contentOutput,
  checkout: checkoutOutput.nullable().describe('What the scheduler shows with the appointment (E-03)'),
  signerRoles: z.array(z.string()),
  signatures: z.array(signatureOutput).describe('Of this version, in the order in which they were made'),
  startedAt: fields.instant,
  savedAt: fields.instant,
  released: releasedOutput.nullable(),
  version: z.int(),
})
export type EncounterAnswer = z.output<typeof encounterOutput>

/** One encounter with its content, signatures and what was released. */
export async function getEncounter(ctx: QueryContext, { id }: { readonly id: string }) {
  const encounter = await findEncounter(ctx.tx, id)
  if (!encounter) return encounterNotFound()
  ctx.audit('encounter', id)
  return encounter
}

/** The signatures that a version of a note carries, as JSON. */
export const signaturesOf = (encounterId: Sql, contentVersion: Sql) => sql`
  (select coalesce(jsonb_agg(jsonb_build_object(
            'role', role, 'signedBy', signature.user_id, 'signerName', signer_name,
            'signedAt', to_char(signed_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
            'contentVersion', signature.content_version, 'documentSha256', document_sha256) order by position), '[]')
     from encounter_signature signature
    where signature.encounter_id = ${encounterId} and signature.content_version = ${contentVersion})`

export function findEncounter(tx: Tx, encounterId: string): Promise<EncounterAnswer | undefined> {
  return tx.maybe<EncounterAnswer>(sql`
    select encounter.id as encounter_id, encounter.number as encounter_number, template_id, template_name, plugins,
           appointment_id, patient_id, patient.name as patient_name, practitioner_id,
           practitioner.name as practitioner_name, service_date, status, content_version, content, checkout, signer_roles,
           ${signaturesOf(sql`encounter.id`, sql`encounter.content_version`)} as signatures,
           started_at, saved_at, released || jsonb_build_object('contentVersion', released_version) as released,
           encounter.version
      from encounter
      left join patient_replica patient on patient.id = patient_id
      left join practitioner_replica practitioner on practitioner.id = practitioner_id
     where encounter.id = ${encounterId}`)
}
