import { EncounterStarted, fields } from '@praxisbus/contracts'
import { type CommandContext, isRefusal, json, refuse, sql, type Tx } from '@praxisbus/runtime'
import { z } from 'zod'
import { EMPTY } from '../domain/content.ts'
import { checkServiceDate } from '../domain/encounter.ts'
import { type EncounterAnswer, findEncounter } from '../queries/get-encounter.ts'
import { practiceWith, todayAt } from './practice.ts'

const FREE_STANDING = ['patientId', 'practitionerId', 'serviceDate'] as const

export const startInput = z
  .strictObject({
    templateId: fields.id.optional().describe('Needed unless the visit has its encounter already'),
    appointmentId: fields.id.optional(),
    patientId: fields.id.optional(),
    practitionerId: fields.id.optional(),
    serviceDate: fields.enteredDate.optional(),
  })
  .superRefine((input, ctx) => {
    for (const name of FREE_STANDING) {
      if (input.appointmentId === undefined && input[name] === undefined)
        ctx.addIssue({ code: 'custom', path: [name], message: 'is required where no appointmentId is given' })
      if (input.appointmentId !== undefined && input[name] !== undefined)
        ctx.addIssue({ code: 'custom', path: [name], message: 'comes from the appointment; leave it out' })
    }
  })
type Input = z.output<typeof startInput>

interface Visit {
  readonly appointmentId: string | null
  readonly patientId: string
  readonly practitionerId: string
  readonly serviceDate: string
}

/** Starts the encounter of a visit or a free-standing one (E-02); opening a visit's again resumes it (E-10). */
export async function startEncounter(ctx: CommandContext, input: Input) {
  const visit =
    input.appointmentId === undefined
      ? await freeStanding(ctx, input as Required<Input>)
      : await visitOf(ctx, input.appointmentId)
  if (isRefusal(visit)) return visit
  if ('existing' in visit) {
    ctx.audit('encounter', visit.existing.encounterId, 'resume')
    return { ...visit.existing, resumed: true }
  }
  const practice = await practiceWith(ctx.tx, 'ehr')
  if (isRefusal(practice)) return practice
  if (visit.appointmentId === null) {
    const early = checkServiceDate(visit.serviceDate, todayAt(practice, ctx))
    if (early) return early
  }
  const template = await templateOf(ctx.tx, input.templateId)
  if (isRefusal(template)) return template
  return { ...(await insertEncounter(ctx, visit, template)), resumed: false }
}

async function visitOf({ tx }: CommandContext, appointmentId: string) {
  // Locks the visit, so that two who open it at once get one encounter.
  const appointment = await tx.maybe<Visit & { deleted: boolean; cancelled: boolean }>(sql`
    select id as appointment_id, patient_id, practitioner_id, service_date, deleted, cancelled
      from appointment_replica where id = ${appointmentId} for update`)
  if (!appointment)
    return refuse('appointment_not_found', {
      field: 'appointmentId',
      detail: 'The EHR knows no such appointment.',
      next: 'If it was scheduled just now, ask again in a moment with a new Idempotency-Key.',
    })
  const started = await tx.maybe<{ id: string }>(
    sql`select id from encounter where appointment_id = ${appointmentId}`,
  )
  if (started) return { existing: (await findEncounter(tx, started.id))! }
  if (appointment.deleted)
    return refuse('appointment_deleted', {
      field: 'appointmentId',
      detail: 'The appointment was taken off the calendar.',
      next: 'Start a free-standing encounter where the visit took place all the same.',
    })
  if (appointment.cancelled)
    return refuse('appointment_cancelled', {
      field: 'appointmentId',
      detail: 'The appointment was cancelled.',
      next: 'Have it restored in the scheduler where the visit took place all the same.',
    })
  return appointment
}

async function freeStanding({ tx }: CommandContext, input: Required<Input>) {
  const { patientId, practitionerId, serviceDate } = input
  const known = await tx.one<{ patient: boolean; practitioner: boolean }>(sql`
    select exists (select from patient_replica where id = ${patientId}) as patient,
           exists (select from practitioner_replica where id = ${practitionerId} and active) as practitioner`)
  if (!known.patient)
    return refuse('patient_not_found', {
      field: 'patientId',
      detail: 'The EHR knows no such patient.',
      next: 'If the patient was registered just now, ask again in a moment with a new Idempotency-Key.',
    })
  if (!known.practitioner)
    return refuse('practitioner_not_found', {
      field: 'practitionerId',
      detail: 'The EHR knows no such active practitioner.',
      next: 'Choose an active practitioner; a new one is known here in a moment.',
    })
  return { appointmentId: null, patientId, practitionerId, serviceDate }
}

interface Template {
  readonly id: string
  readonly name: string
  readonly plugins: string[]
  readonly signerRoles: string[]
}

async function templateOf(tx: Tx, templateId: string | undefined) {
  if (templateId === undefined)
    return refuse('template_required', {
      field: 'templateId',
      detail: 'A new encounter needs a template.',
      next: 'Choose one of GET /v1/templates.',
    })
  const template = await tx.maybe<Template>(
    sql`select id, name, plugins, signer_roles from template where id = ${templateId}`,
  )
  return (
    template ??
    refuse('template_not_found', {
      field: 'templateId',
      detail: 'There is no such template.',
      next: 'Choose one of GET /v1/templates.',
    })
  )
}

async function insertEncounter(
  ctx: CommandContext,
  visit: Visit,
  template: Template,
): Promise<EncounterAnswer> {
  const { tx, principal } = ctx
  const encounterId = ctx.newId()
  const startedAt = ctx.now.toString({ smallestUnit: 'millisecond' })
  // Taken in this transaction: a number that was rolled back is given again, so there are no gaps.
  const { lastNumber } = await tx.one<{ lastNumber: number }>(sql`
    insert into encounter_counter (practice_id, last_number) values (${principal.practiceId}, 1)
    on conflict (practice_id) do update set last_number = encounter_counter.last_number + 1
    returning last_number`)
  await tx.run(sql`
    insert into encounter (practice_id, id, number, template_id, template_name, plugins, signer_roles, appointment_id,
                           patient_id, practitioner_id, service_date, content, started_at, saved_at)
    values (${principal.practiceId}, ${encounterId}, ${lastNumber}, ${template.id}, ${template.name}, ${template.plugins},
            ${template.signerRoles}, ${visit.appointmentId}, ${visit.patientId}, ${visit.practitionerId},
            ${visit.serviceDate}, ${json(EMPTY)}, ${startedAt}, ${startedAt})`)
  ctx.record(EncounterStarted, {
    subject: encounterId,
    version: 1,
    data: {
      encounterId,
      encounterNumber: lastNumber,
      appointmentId: visit.appointmentId,
      patientId: visit.patientId,
      practitionerId: visit.practitionerId,
      startedAt,
    },
  })
  ctx.audit('encounter', encounterId, 'start')
  return (await findEncounter(tx, encounterId))!
}
