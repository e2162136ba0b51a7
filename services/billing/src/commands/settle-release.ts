import { BillingEncounterReleaseSettled } from '@praxisbus/contracts'
import { type CommandContext, json, type Refusal, refuse, sql } from '@praxisbus/runtime'
import { takeLinks, takeOther } from '../domain/amendment.ts'
import {
  type EncounterRow,
  lockEncounter,
  readLines,
  saveLines,
  touchEncounter,
} from '../postings/encounters.ts'
import { type Posting, postingOf } from '../postings/posting.ts'
import { codingOf, type ReleaseRow, releaseColumns } from '../postings/releases.ts'
import { type BillingEncounter, readBillingEncounter } from '../queries/get-billing-encounter.ts'
import { encounterNotFound, releaseNotFound } from '../queries/refusals.ts'

export interface SettlingInput {
  /** Of the release. */
  readonly id: string
  readonly note: string
  /** true: what can be taken over without touching money is: links to diagnoses, or another encounter's procedures as open lines. */
  readonly take: boolean
}

/**
 * A biller has looked at what a release of the bill's encounter, or of another, says differently (B-06). Nothing in the ledger moves: who wants
 * posted lines to follow reverses the bill, which settles it by itself.
 */
export async function settleRelease(
  ctx: CommandContext,
  { id, note, take }: SettlingInput,
): Promise<BillingEncounter | Refusal<'not_found' | 'settled' | 'other_patient'>> {
  const posting = postingOf(ctx)
  const { tx, practiceId, now, actor } = posting
  const find = sql`select ${releaseColumns} from encounter_release where practice_id = ${practiceId} and id = ${id}`
  const named = await tx.maybe<ReleaseRow>(find)
  if (!named) return releaseNotFound()
  const bill = await lockEncounter(posting, named.billingEncounterId)
  if (!bill) return encounterNotFound()
  // Read again: a newer release, or somebody else, may have settled it while we waited for the bill.
  const release = await tx.one<ReleaseRow>(find)
  if (release.settledAt !== null || release.differences.length === 0) return settledBefore()
  if (take && release.kind === 'other-patient') return otherPatient()
  if (take) await takeOver(posting, bill, release)
  await tx.run(sql`
    update encounter_release set settled_at = ${now.toString()}, settled_by = ${actor}, settle_note = ${note}
     where practice_id = ${practiceId} and id = ${id}`)
  const version = await touchEncounter(posting, bill.id)
  const { appointmentId, patientId } = bill
  ctx.record(BillingEncounterReleaseSettled, {
    subject: bill.id,
    version,
    data: {
      billingEncounterId: bill.id,
      appointmentId,
      patientId,
      releaseId: id,
      encounterId: release.encounterId,
      taken: take,
    },
  })
  ctx.audit('billing-encounter', bill.id, 'settle release')
  return (await readBillingEncounter(tx, practiceId, bill.id))!
}

async function takeOver(posting: Posting, bill: EncounterRow, release: ReleaseRow): Promise<void> {
  const { tx, practiceId } = posting
  const lines = await readLines(tx, practiceId, bill.id)
  const coding = await codingOf(posting, release)
  const { lines: taken, diagnoses } =
    release.kind === 'other-encounter'
      ? takeOther({ lines, diagnoses: bill.diagnoses }, coding)
      : { lines: takeLinks(lines, coding.procedures), diagnoses: bill.diagnoses }
  await tx.run(sql`
    update billing_encounter set diagnoses = ${json(diagnoses)} where practice_id = ${practiceId} and id = ${bill.id}`)
  await saveLines(tx, practiceId, bill.id, taken)
}

function settledBefore(): Refusal<'settled'> {
  return refuse('settled', {
    detail: 'Nothing of this release waits any more.',
    next: 'Read the billing encounter: it says who settled it, and lists what still waits.',
  })
}

function otherPatient(): Refusal<'other_patient'> {
  return refuse('other_patient', {
    field: 'take',
    detail: 'The released encounter is of another patient than the bill.',
    next: 'Settle it without take, and have the encounter or the appointment corrected where it belongs.',
  })
}
