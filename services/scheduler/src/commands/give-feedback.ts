import { SessionFeedbackGiven } from '@praxisbus/contracts'
import { type ActContext, type Page, sql } from '@praxisbus/runtime'
import { feedbackForm } from '../domain/feedback.ts'
import type { FoundLink } from '../feedback/link.ts'
import { BEFORE, EXPIRED, type Fields, formPage, THANKS, type Visit } from '../feedback/pages.ts'
import { moment } from '../moment.ts'

interface VisitRow extends Visit {
  readonly patientId: string
  readonly practitionerId: string
  readonly takesPlace: boolean
  readonly given: boolean
}

function readVisit({ tx }: ActContext, { appointmentId }: FoundLink): Promise<VisitRow> {
  return tx.one<VisitRow>(sql`
    select practice.name as practice_name, to_char(start_local, 'YYYY-MM-DD"T"HH24:MI') as start, patient_id, practitioner_id,
           status in ('checked-in', 'completed') as takes_place,
           exists (select from session_feedback where appointment_id = appointment.id) as given
      from appointment join practice on practice.practice_id = appointment.practice_id
     where appointment.id = ${appointmentId}`)
}

/** What the link shows: the form, or why there is none. */
function closedFor(ctx: ActContext, link: FoundLink, visit: VisitRow): Page | undefined {
  if (visit.given) return BEFORE
  const expired = Temporal.Instant.compare(link.expiresAt, ctx.now) <= 0
  return expired || !visit.takesPlace ? EXPIRED : undefined
}

/** S-11: the page behind the link. Looking at it changes nothing, so a mail program that opens links does no harm. */
export async function showFeedbackForm(ctx: ActContext, link: FoundLink): Promise<Page> {
  const visit = await readVisit(ctx, link)
  return closedFor(ctx, link, visit) ?? formPage(visit)
}

/** S-11: the patient says how the session was, once. A second answer, by this link or another, changes nothing. */
export async function giveFeedback(ctx: ActContext, link: FoundLink, fields: Fields): Promise<Page> {
  const visit = await readVisit(ctx, link)
  const closed = closedFor(ctx, link, visit)
  if (closed) return closed
  const form = feedbackForm.safeParse(fields)
  if (!form.success) {
    const errors = form.error.issues.map(({ path, message }) => [String(path[0]), message] as const)
    return formPage(visit, fields, new Map(errors))
  }
  const { comment, ...ratings } = form.data
  const { relationship, goals, approach, overall } = ratings
  const { appointmentId } = link
  const feedbackId = ctx.newId()
  const givenAt = moment(ctx.now)
  const first = await ctx.tx.run(sql`
    insert into session_feedback (practice_id, appointment_id, id, relationship, goals, approach, overall, comment, given_at)
    values (current_practice(), ${appointmentId}, ${feedbackId}, ${relationship}, ${goals}, ${approach}, ${overall}, ${comment},
            ${givenAt})
    on conflict do nothing`)
  if (first === 0) return BEFORE
  const { patientId, practitionerId } = visit
  ctx.record(SessionFeedbackGiven, {
    subject: feedbackId,
    version: 1,
    data: {
      feedbackId,
      appointmentId,
      patientId,
      practitionerId,
      givenAt,
      ratings,
      commented: comment !== null,
    },
  })
  ctx.audit('appointment', appointmentId, 'give feedback')
  return THANKS
}
