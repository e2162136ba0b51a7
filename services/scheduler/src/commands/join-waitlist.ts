import { type CommandContext, isRefusal, json, type Refusal, refuse, sql, type Tx } from '@praxisbus/runtime'
import type { PracticeAnswer } from '../answers.ts'
import { findOffered, findService } from '../booking/offering.ts'
import type { WaitlistChange, WaitlistInput } from '../domain/waitlist.ts'
import { findPatient } from '../lookups.ts'
import { moment } from '../moment.ts'
import { todayIn } from '../practice.ts'
import { findEntry } from '../waitlist/rows.ts'

type Code = 'window_over' | 'service_not_available' | 'service_not_offered' | 'practitioner_not_available'

/**
 * S-24: a patient waits for a time that becomes free, behind those who came before. Refuses a patient, service or practitioner that
 * cannot be had, naming the field, and days that have passed.
 */
export async function joinWaitlist(ctx: CommandContext, input: WaitlistInput, practice: PracticeAnswer) {
  const wrong = await checkWanted(ctx.tx, input, todayIn(practice, ctx.now))
  if (isRefusal(wrong)) return wrong
  const patient = await findPatient(ctx.tx, input.patientId, 'share')
  if (!patient) {
    return refuse('patient_not_available', {
      field: 'patientId',
      detail: `The practice has no patient ${input.patientId}.`,
      next: 'Register the patient first, or send the id of one of the practice.',
    })
  }
  const entryId = ctx.newId()
  await ctx.tx.run(sql`
    insert into waitlist_entry (practice_id, id, patient_id, service_id, practitioner_id, first_day, last_day, times, entered_at)
    values (${ctx.principal.practiceId}, ${entryId}, ${input.patientId}, ${input.serviceId}, ${named(input)},
            ${input.firstDay}, ${input.lastDay}, ${json(input.times)}, ${moment(ctx.now)})`)
  ctx.audit('waitlist-entry', entryId, 'enter')
  return (await findEntry(ctx.tx, entryId, todayIn(practice, ctx.now), ctx.now))!
}

/** null: any who offers the service online. */
export function named({ practitionerId }: WaitlistChange): string | null {
  return practitionerId === 'any' ? null : practitionerId
}

/** Whether somebody can wait for that: a service that is active, and somebody who could give it. */
export async function checkWanted(
  tx: Tx,
  { serviceId, practitionerId, lastDay }: WaitlistChange,
  today: Temporal.PlainDate,
): Promise<Refusal<Code> | undefined> {
  if (lastDay < String(today)) {
    return refuse('window_over', {
      field: 'lastDay',
      detail: `${lastDay} has passed; today is ${today}.`,
      next: 'Send a last day that is still to come.',
    })
  }
  if (!(await findService(tx, serviceId))) {
    return refuse('service_not_available', {
      field: 'serviceId',
      detail: `The catalogue has no active service ${serviceId}.`,
      next: 'Choose one from GET /v1/booking/offer or GET /v1/services.',
    })
  }
  if (practitionerId === 'any') {
    if ((await findOffered(tx, serviceId)).length > 0) return undefined
    return refuse('service_not_offered', {
      field: 'practitionerId',
      detail: 'Nobody offers that service online, so any practitioner would be nobody.',
      next: 'Name a practitioner, or have the service offered with PUT /v1/booking/settings.',
    })
  }
  const active = await tx.maybe(sql`select from practitioner where id = ${practitionerId} and active`)
  if (active) return undefined
  return refuse('practitioner_not_available', {
    field: 'practitionerId',
    detail: `The practice has no active practitioner ${practitionerId}.`,
    next: 'Choose an active practitioner of the practice, or any.',
  })
}
