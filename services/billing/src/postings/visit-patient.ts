import { BillingEncounterAmended } from '@praxisbus/contracts'
import { json, sql } from '@praxisbus/runtime'
import type { Difference } from '../domain/amendment.ts'
import { followCoding, isOwn } from './amendments.ts'
import { type EncounterRow, findOrOpenEncounter, type NewEncounter, touchEncounter } from './encounters.ts'
import type { Posting } from './posting.ts'
import { codingOf, leaveWaiting, type ReleaseRow, readReleases } from './releases.ts'

/**
 * The bill of a visit as the calendar knows it, whose patient is the one who was there (B-06). A note of another patient may have
 * opened it before: where nothing was ever charged, the bill becomes the session's patient's and the note stands beside it; where
 * something was, that bill keeps its history and its patient, leaves the visit, and a new one is opened. Either way it waits for a
 * biller.
 */
export async function billOfVisit(posting: Posting, fresh: NewEncounter): Promise<EncounterRow> {
  const { tx, practiceId } = posting
  const found = await findOrOpenEncounter(posting, fresh)
  if (found.patientId === fresh.patientId) return found
  // The scheduler changes no appointment's patient, so only a note can be of another.
  if (found.releasedAt === null || found.sessionCompletedAt !== null)
    throw new Error(`the calendar names two patients for the visit of bill ${found.id}`)
  const releases = await readReleases(posting, found.id)
  const charged = await tx.maybe(sql`
    select id from charge where practice_id = ${practiceId} and billing_encounter_id = ${found.id} limit 1`)
  if (!charged) await changePatient(posting, found, fresh, releases)
  else await leaveVisit(posting, found, fresh, releases)
  // Read again, or opened: the one that left the visit is not found any more.
  const bill = await findOrOpenEncounter(posting, fresh)
  const own = releases.findLast((release) => isOf(release, fresh.patientId))
  return own ? takeOwn(posting, bill, own, fresh) : bill
}

const isOf = ({ kind, differences }: ReleaseRow, patientId: string) =>
  kind === 'other-patient' &&
  differences.some(({ what, released }) => what === 'other-patient' && released === patientId)

const otherPatient = (billed: string, released: string): Difference => ({
  what: 'other-patient',
  lineId: null,
  code: null,
  billed,
  released,
})

/** Nothing of the other patient's stays on it: neither lines, nor what their note said of the visit. */
async function changePatient(
  posting: Posting,
  bill: EncounterRow,
  { patientId, practitionerId, serviceDate, locationId, placeOfService }: NewEncounter,
  releases: readonly ReleaseRow[],
): Promise<void> {
  const { tx, practiceId, now } = posting
  await tx.run(sql`
    update line set removed_at = ${now.toString()}
     where practice_id = ${practiceId} and billing_encounter_id = ${bill.id} and removed_at is null`)
  await tx.run(sql`
    update billing_encounter
       set patient_id = ${patientId}, practitioner_id = ${practitionerId}, service_date = ${serviceDate},
           location_id = ${locationId}, place_of_service = ${placeOfService}, rendering_provider_id = null,
           encounter_id = null, encounter_number = null, released_at = null, diagnoses = '[]', bill_to = 'patient'
     where practice_id = ${practiceId} and id = ${bill.id}`)
  const difference = otherPatient(patientId, bill.patientId)
  // Another encounter's, which waits or waited beside it, was of that patient too.
  await tx.run(sql`
    update encounter_release
       set kind = 'other-patient',
           differences = case when differences = '[]' then differences else ${json([difference])}::jsonb end
     where practice_id = ${practiceId} and billing_encounter_id = ${bill.id} and kind <> 'other-patient'`)
  await flag(posting, { ...bill, patientId }, releases.findLast(isOwn), difference)
}

/** What was charged stays under the patient whom it was charged to, until a person takes it back. */
async function leaveVisit(
  posting: Posting,
  bill: EncounterRow,
  { patientId }: NewEncounter,
  releases: readonly ReleaseRow[],
): Promise<void> {
  const { tx, practiceId } = posting
  await tx.run(sql`
    update billing_encounter set appointment_id = null where practice_id = ${practiceId} and id = ${bill.id}`)
  const difference = otherPatient(bill.patientId, patientId)
  await flag(posting, { ...bill, appointmentId: null }, releases.findLast(isOwn), difference)
}

/** It waits for a biller with the note's newest release, in place of what waited of it. */
async function flag(
  posting: Posting,
  { id, appointmentId, patientId }: EncounterRow,
  release: ReleaseRow | undefined,
  difference: Difference,
): Promise<void> {
  const version = await touchEncounter(posting, id)
  // Released before releases were kept: the bill itself says what there is.
  if (!release) return
  await leaveWaiting(posting, release.id, [difference])
  const { id: releaseId, encounterId, encounterNumber, releasedAt } = release
  posting.record(BillingEncounterAmended, {
    subject: id,
    version,
    data: {
      billingEncounterId: id,
      appointmentId,
      patientId,
      releaseId,
      encounterId,
      encounterNumber,
      releasedAt,
      kind: 'other-patient',
      differences: [{ ...difference }],
    },
  })
}

/** The right patient's note came while the bill was another's, and waited beside it. */
async function takeOwn(
  posting: Posting,
  bill: EncounterRow,
  release: ReleaseRow,
  fresh: NewEncounter,
): Promise<EncounterRow> {
  const { tx, practiceId } = posting
  const { encounterId, encounterNumber, releasedAt } = release
  const differences = await followCoding(posting, bill, null, await codingOf(posting, release))
  await tx.run(sql`
    update encounter_release set kind = 'first', billing_encounter_id = ${bill.id}, differences = ${json(differences)}
     where practice_id = ${practiceId} and id = ${release.id}`)
  await tx.run(sql`
    update billing_encounter
       set encounter_id = ${encounterId}, encounter_number = ${encounterNumber}, released_at = ${releasedAt}
     where practice_id = ${practiceId} and id = ${bill.id}`)
  return findOrOpenEncounter(posting, fresh)
}
