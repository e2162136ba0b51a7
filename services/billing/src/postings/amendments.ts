import { json, sql } from '@praxisbus/runtime'
import {
  type Amended,
  amend,
  type Before,
  type Coding,
  type Difference,
  NO_RELEASE,
  sessionDifferences,
} from '../domain/amendment.ts'
import type { Line } from '../domain/billing-encounter.ts'
import { type EncounterRow, encounterColumns, readLines, saveLines } from './encounters.ts'
import type { Posting } from './posting.ts'
import { codingOf, leaveWaiting, type ReleaseRow, readReleases } from './releases.ts'

type Bill = Pick<EncounterRow, 'id' | 'diagnoses' | 'serviceDate' | 'sessionCompletedAt'>

/**
 * The lines of a bill that are not in the ledger follow a released note; what they cannot follow is returned. The bill is locked.
 * `before`: the releases before this one; null: it is the note's first.
 */
export async function followCoding(
  posting: Posting,
  bill: Bill,
  before: readonly ReleaseRow[] | null,
  coding: Coding,
): Promise<Difference[]> {
  const { tx, practiceId } = posting
  const lines = await readLines(tx, practiceId, bill.id)
  const previous = before === null ? NO_RELEASE : (before.findLast(isOwn) ?? onLines(lines))
  // The calendar's date, and that of a charge, is not the note's to change.
  const dateFollows = bill.sessionCompletedAt === null && lines.every((line) => !line.charged)
  const serviceDate = dateFollows ? coding.serviceDate : bill.serviceDate
  const amended = amend({ ...bill, serviceDate, lines }, previous, coding)
  await saveAmended(posting, bill.id, serviceDate, amended)
  return amended.differences
}

/** Of the bill's own encounter. */
export const isOwn = ({ kind }: ReleaseRow) => kind === 'first' || kind === 'amended'

/** Released before releases were kept: what came from the encounter is on the lines. */
const onLines = (lines: readonly Line[]): Before => ({
  diagnoses: [],
  procedures: lines.filter((line) => line.source === 'encounter'),
})

/**
 * A session has posted lines of a bill whose note came first: what it billed otherwise than the note says waits for a biller, with the
 * note's newest release. The bill is locked; `bill` and `lines` are as the session left them.
 */
export async function keepSessionDifferences(
  posting: Posting,
  bill: Pick<EncounterRow, 'id' | 'diagnoses' | 'serviceDate'>,
  lines: readonly Line[],
  postedIds: readonly string[],
): Promise<void> {
  const release = (await readReleases(posting, bill.id)).findLast(isOwn)
  if (!release) return
  const coding = await codingOf(posting, release)
  const found = sessionDifferences({ ...bill, lines }, coding, postedIds)
  if (found.length === 0) return
  const same = (one: Difference) =>
    found.some(({ what, lineId }) => what === one.what && lineId === one.lineId)
  const waiting = release.settledAt === null ? release.differences.filter((one) => !same(one)) : []
  await leaveWaiting(posting, release.id, [...waiting, ...found])
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
 * A bill was taken back, so its lines are open and follow the note that waited for that. Where nothing is left that differs,
 * it is settled; where a line is not the note's to take away, it goes on waiting.
 */
export async function followRelease(posting: Posting, id: string): Promise<void> {
  const { tx, practiceId, actor, now } = posting
  const releases = await readReleases(posting, id)
  const waiting = releases.findLastIndex(
    (release) => isOwn(release) && release.settledAt === null && release.differences.length > 0,
  )
  if (waiting < 0) return
  const release = releases[waiting]!
  const bill = await tx.one<EncounterRow>(sql`
    select ${encounterColumns} from billing_encounter where practice_id = ${practiceId} and id = ${id}`)
  const coding = await codingOf(posting, release)
  const before = release.kind === 'first' ? null : releases.slice(0, waiting)
  const differences = await followCoding(posting, bill, before, coding)
  const settled = differences.length === 0
  await tx.run(sql`
    update encounter_release
       set differences = ${json(settled ? release.differences : differences)},
           settled_at = ${settled ? now.toString() : null}, settled_by = ${settled ? actor : null},
           settle_note = ${settled ? 'The bill was reversed, and its lines follow the note.' : null}
     where practice_id = ${practiceId} and id = ${release.id}`)
}
