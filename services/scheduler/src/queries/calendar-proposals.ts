import { fields } from '@praxisbus/contracts'
import { type QueryContext, sql, type Tx } from '@praxisbus/runtime'
import { z } from 'zod'
import { id } from '../domain/input.ts'
import { wallAt } from '../google/busy-blocks.ts'

export const calendarProposal = z.strictObject({
  proposalId: fields.id,
  appointmentId: fields.id,
  practitionerId: fields.id,
  patientName: z.string().nullable(),
  kind: z.enum(['move', 'cancel']).describe('cancel: the event was deleted in Google'),
  start: z
    .string()
    .nullable()
    .describe('Where it was moved to, in the zone of the appointment; null: cancel'),
  end: z.string().nullable(),
  timeZone: fields.timeZone,
  startsAt: fields.instant.nullable(),
  endsAt: fields.instant.nullable(),
  state: z
    .enum(['open', 'accepted', 'declined', 'superseded'])
    .describe('superseded: changed again in Google or here meanwhile, so there is nothing left to answer'),
  proposedAt: fields.instant,
  decidedAt: fields.instant.nullable(),
  decidedBy: z.string().nullable(),
  version: z.int(),
})
export type CalendarProposal = z.infer<typeof calendarProposal>

const VIEW = sql`
  select proposal.id as proposal_id, appointment_id, practitioner_id, patient.name as patient_name, proposal.kind,
         proposal.starts_at, proposal.ends_at, time_zone, state, proposed_at, decided_at, decided_by, proposal.version
    from calendar_proposal as proposal
    join appointment on appointment.id = appointment_id
    left join patient on patient.id = patient_id`

export const proposalsInput = z.strictObject({
  state: z.enum(['open', 'accepted', 'declined', 'superseded']).default('open'),
  practitionerId: id.optional(),
  after: id.optional().describe('The last proposal of the page before'),
})
const PAGE = 50

/** S-19: what was done in Google to visits of ours, oldest first. */
export async function listProposals(
  ctx: QueryContext,
  { state, practitionerId, after }: z.infer<typeof proposalsInput>,
) {
  const rows = await ctx.tx.many<Omit<CalendarProposal, 'start' | 'end'>>(sql`
    ${VIEW}
     where state = ${state}
       ${practitionerId ? sql` and practitioner_id = ${practitionerId}` : sql``}
       ${after ? sql` and proposal.id > ${after}` : sql``}
     order by proposal.id limit ${PAGE}`)
  for (const { appointmentId } of rows) ctx.audit('appointment', appointmentId)
  return { items: rows.map(withWalls) }
}

export async function findProposal(tx: Tx, proposalId: string): Promise<CalendarProposal | undefined> {
  const row = await tx.maybe<Omit<CalendarProposal, 'start' | 'end'>>(
    sql`${VIEW} where proposal.id = ${proposalId}`,
  )
  return row && withWalls(row)
}

function withWalls(row: Omit<CalendarProposal, 'start' | 'end'>): CalendarProposal {
  const wall = (instant: string | null) => (instant === null ? null : wallAt(instant, row.timeZone).local)
  return { ...row, start: wall(row.startsAt), end: wall(row.endsAt) }
}
