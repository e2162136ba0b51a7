import { fields } from '@praxisbus/contracts'
import { type QueryContext, type Sql, sql } from '@praxisbus/runtime'
import { z } from 'zod'
import { encounterNotFound } from '../domain/encounter.ts'

export const visitNotesInput = z.object({ appointmentId: fields.id })
/** As many as a series has at most: the scheduler's own limit. */
export const visitsNotesInput = z.object({ appointmentIds: z.array(fields.id).min(1).max(1_100) })
export const encounterInput = z.object({ encounterId: fields.id })

interface Summary {
  readonly encounterId: string
  readonly encounterNumber: number
  readonly appointmentId: string
  readonly patientId: string
  readonly status: string
  readonly released: boolean
  readonly version: number
}

/** What notes exist for a visit: none is an empty list (S-16 asks before an appointment is deleted). */
export async function getVisitNotes(ctx: QueryContext, { appointmentId }: z.output<typeof visitNotesInput>) {
  return { encounters: await summaries(ctx, sql`appointment_id = ${appointmentId}`) }
}

/** The notes of many visits: the scheduler asks before a series is changed (S-14). */
export async function listVisitNotes(
  ctx: QueryContext,
  { appointmentIds }: z.output<typeof visitsNotesInput>,
) {
  return { encounters: await summaries(ctx, sql`appointment_id = any(${appointmentIds}::uuid[])`) }
}

/** One encounter without its text. */
export async function getEncounterSummary(
  ctx: QueryContext,
  { encounterId }: z.output<typeof encounterInput>,
) {
  const [encounter] = await summaries(ctx, sql`id = ${encounterId}`)
  return encounter ?? encounterNotFound()
}

function summaries(ctx: QueryContext, which: Sql): Promise<Summary[]> {
  return ctx.shown<Summary>(
    'encounter',
    sql`encounter_id`,
    sql`
    select id as encounter_id, number as encounter_number, coalesce(appointment_id::text, '') as appointment_id,
           patient_id, status, released_at is not null as released, version
      from encounter where ${which}`,
  )
}
