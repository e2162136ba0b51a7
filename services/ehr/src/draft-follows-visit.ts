import { sql, type Tx } from '@praxisbus/runtime'

/**
 * The draft of a note goes along with its visit (S-17): who sees the patient, and on which day. Taken from the copy of the visit, not
 * from the fact at hand: the facts of a visit come on topics without a common order, and whichever brought the copy further counts.
 * What carries signatures stays (E-05), and so does what billing has (E-12). Returns the new version; undefined: nothing changed.
 */
export async function draftFollowsVisit(tx: Tx, appointmentId: string): Promise<number | undefined> {
  // The version rises: the answer to a question about the encounter is another one now, and so must its ETag be.
  const followed = await tx.maybe<{ version: number }>(sql`
    update encounter
       set practitioner_id = visit.practitioner_id, service_date = visit.service_date, version = encounter.version + 1
      from appointment_replica visit
     where visit.id = ${appointmentId} and visit.patient_id is not null
       and encounter.appointment_id = visit.id and encounter.status = 'draft' and encounter.released_at is null
       and (encounter.practitioner_id, encounter.service_date) <> (visit.practitioner_id, visit.service_date)
    returning encounter.version`)
  return followed?.version
}
