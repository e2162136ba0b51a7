import { json, sql } from '@praxisbus/runtime'
import { type Amended, amend, type Coding, type Difference } from '../domain/amendment.ts'
import { type EncounterRow, encounterColumns, readLines, saveLines } from './encounters.ts'
import type { Posting } from './posting.ts'
import { codingOf, type ReleaseRow, readReleases } from './releases.ts'

type Bill = Pick<EncounterRow, 'id' | 'diagnoses' | 'serviceDate' | 'sessionCompletedAt'>

/**
 * The lines of a bill that are not in the ledger follow an amended note; what they cannot follow is returned. The bill is locked.
 * `before`: the releases before this one.
 */
export async function followCoding(
  posting: Posting,
  bill: Bill,
  before: readonly ReleaseRow[],
  coding: Coding,
): Promise<Difference[]> {
  const { tx, practiceId } = posting
  const lines = await readLines(tx, practiceId, bill.id)
  const taken = before.findLast(({ kind }) => kind === 'first' || kind === 'amended')
  const previous = taken ?? {
    diagnoses: [],
    // Released before releases were kept: what came from the encounter is on the lines.
    procedures: lines.filter((line) => line.source === 'encounter'),
  }
  // The calendar's date, and that of a charge, is not the note's to change.
  const dateFollows = bill.sessionCompletedAt === null && lines.every((line) => !line.charged)
  const serviceDate = dateFollows ? coding.serviceDate : bill.serviceDate
  const amended = amend({ ...bill, serviceDate, lines }, previous, coding)
  await saveAmended(posting, bill.id, serviceDate, amended)
  return amended.differences
}

async function saveAmended(
  { tx, practiceId, now }: Posting,
  id: string,
  serviceDate: string,
  { lines, removedLineIds, diagnoses }: Amended,
): Promise<void> {
  await tx.run(sql`
    update billing_encounter set diagnoses = ${json(diagnoses)}, service_date = ${serviceDate}
     where practice_id = ${practiceId} and id = ${id}`)
  await tx.run(sql`
    update line set removed_at = ${now.toString()}
     where practice_id = ${practiceId} and id = any(${removedLineIds}::uuid[])`)
  await saveLines(tx, practiceId, id, lines)
}

/**
 * A bill was taken back, so its lines are open and follow the amended note that waited for that. Where nothing is left that differs,
 * it is settled; where a line is not the note's to take away, it goes on waiting.
 */
export async function followRelease(posting: Posting, id: string): Promise<void> {
  const { tx, practiceId, actor, now } = posting
  const releases = await readReleases(posting, id)
  const waiting = releases.findLastIndex(
    ({ kind, settledAt, differences }) => kind === 'amended' && settledAt === null && differences.length > 0,
  )
  if (waiting < 0) return
  const release = releases[waiting]!
  const bill = await tx.one<EncounterRow>(sql`
    select ${encounterColumns} from billing_encounter where practice_id = ${practiceId} and id = ${id}`)
  const coding = await codingOf(posting, release)
  const differences = await followCoding(posting, bill, releases.slice(0, waiting), coding)
  const settled = differences.length === 0
  await tx.run(sql`
    update encounter_release
       set differences = ${json(settled ? release.differences : differences)},
           settled_at = ${settled ? now.toString() : null}, settled_by = ${settled ? actor : null},
           settle_note = ${settled ? 'The bill was reversed, and its lines follow the note.' : null}
     where practice_id = ${practiceId} and id = ${release.id}`)
}
