import { BillingEncounterAmended, EncounterReleased } from '@praxisbus/contracts'
import { type ReactionContext, reaction, sql } from '@praxisbus/runtime'
import type { z } from 'zod'
import type { Difference } from '../domain/amendment.ts'
import { followCoding } from '../postings/amendments.ts'
import { renderingProviderOf } from '../postings/catalogue.ts'
import { cancelUnsigned, isDeleted } from '../postings/deleted-visits.ts'
import { type EncounterRow, findOrOpenEncounter, touchEncounter } from '../postings/encounters.ts'
import { type Posting, postingOfReaction } from '../postings/posting.ts'
import { codingOf, keepRelease, type ReleaseKind, readReleases, supersede } from '../postings/releases.ts'

type Released = z.output<typeof EncounterReleased.data>

/**
 * Coding arrives from the EHR (B-06): an unsigned billing encounter, or, where the visit's session was billed first, the
 * clinical side of what is there. Nothing in the ledger moves; what the session did not bill waits for review. The same encounter,
 * released again after an amendment, changes the lines that are not in the ledger; one of another encounter for the same visit, or of
 * another patient, is put aside. Whichever it is, what differs waits for a biller, and the topic goes on.
 */
export const onEncounterReleased = reaction(EncounterReleased, async (ctx, released) => {
  const posting = postingOfReaction(ctx)
  const found = await findOrOpenEncounter(posting, {
    ...released,
    locationId: null,
    placeOfService: null,
    source: 'encounter',
  })
  if (found.patientId !== released.patientId) return putAside(ctx, posting, found, released, 'other-patient')
  if (!found.releasedAt) return takeFirst(ctx, posting, found, released)
  if (found.encounterId !== released.encounterId)
    return putAside(ctx, posting, found, released, 'other-encounter')
  const taken = (await readReleases(posting, found.id)).findLast(
    ({ encounterId }) => encounterId === released.encounterId,
  )
  if (isNewer(released, taken ?? { noteVersion: null, releasedAt: found.releasedAt }))
    await takeAmended(ctx, posting, found, released)
})

/** By the version of the note, which only rises; a clock may be set back. Earlier facts lack it. */
const isNewer = (
  { contentVersion, releasedAt }: Released,
  than: { readonly noteVersion: number | null; readonly releasedAt: string },
) =>
  contentVersion !== undefined && than.noteVersion !== null
    ? contentVersion > than.noteVersion
    : Temporal.Instant.compare(releasedAt, than.releasedAt) > 0

async function takeFirst(
  ctx: ReactionContext,
  posting: Posting,
  found: EncounterRow,
  released: Released,
): Promise<void> {
  await takeHead(posting, found, released)
  const differences = await followCoding(posting, found, null, await codingOf(posting, released))
  keep(ctx, posting, found, released, 'first', differences)
  await reopen(posting, found, released)
}

async function takeAmended(
  ctx: ReactionContext,
  posting: Posting,
  found: EncounterRow,
  released: Released,
): Promise<void> {
  const before = await readReleases(posting, found.id)
  await supersede(posting, found.id, released.encounterId)
  await takeHead(posting, found, released)
  const differences = await followCoding(posting, found, before, await codingOf(posting, released))
  const releaseId = keep(ctx, posting, found, released, 'amended', differences)
  tell(posting, found, released, {
    releaseId,
    kind: 'amended',
    differences,
    version: await reopen(posting, found, released),
  })
}

/** Not the bill's own encounter: its coding is kept whole, and a biller decides. Told again, it changes nothing. */
async function putAside(
  ctx: ReactionContext,
  posting: Posting,
  found: EncounterRow,
  released: Released,
  kind: 'other-encounter' | 'other-patient',
): Promise<void> {
  const before = await readReleases(posting, found.id)
  const known = before.filter(({ encounterId }) => encounterId === released.encounterId)
  if (known.some((one) => !isNewer(released, one))) return
  await supersede(posting, found.id, released.encounterId)
  const differences: Difference[] = [
    kind === 'other-patient'
      ? { ...NOWHERE, what: kind, billed: found.patientId, released: released.patientId }
      : {
          ...NOWHERE,
          what: kind,
          billed: `${found.encounterNumber}`,
          released: `${released.encounterNumber}`,
        },
  ]
  const releaseId = keep(ctx, posting, found, released, kind, differences)
  const version = await reopen(posting, found, released)
  tell(posting, found, released, { releaseId, kind, differences, version })
}

const NOWHERE = { lineId: null, code: null } as const

function keep(
  ctx: ReactionContext,
  posting: Posting,
  found: EncounterRow,
  released: Released,
  kind: ReleaseKind,
  differences: readonly Difference[],
): string {
  return keepRelease(posting, {
    ...released,
    billingEncounterId: found.id,
    encounterVersion: ctx.event.version,
    noteVersion: released.contentVersion ?? null,
    kind,
    differences,
  })
}

/** Who and when, of the encounter that the bill is of. */
async function takeHead(posting: Posting, found: EncounterRow, released: Released): Promise<void> {
  const { tx, practiceId } = posting
  const renderingProviderId =
    released.renderingProviderId ??
    found.renderingProviderId ??
    (await renderingProviderOf(tx, practiceId, released.practitionerId))
  tx.later(sql`
    update billing_encounter
       set encounter_id = ${released.encounterId}, encounter_number = ${released.encounterNumber},
           practitioner_id = ${released.practitionerId}, rendering_provider_id = ${renderingProviderId},
           released_at = ${released.releasedAt}
     where practice_id = ${practiceId} and id = ${found.id}`)
}

/** A cancelled bill is opened again: somebody has to look at what came. Not that of a visit that was deleted (S-16). */
async function reopen(posting: Posting, bill: EncounterRow, { releasedAt }: Released): Promise<number> {
  const { id, status, appointmentId } = bill
  if (!(await isDeleted(posting, appointmentId)))
    return touchEncounter(posting, id, status === 'cancelled' ? 'unsigned' : undefined)
  return (await cancelUnsigned(posting, bill, releasedAt)) ?? touchEncounter(posting, id)
}

function tell(
  posting: Posting,
  bill: EncounterRow,
  { encounterId, encounterNumber, releasedAt }: Released,
  what: {
    readonly releaseId: string
    readonly kind: Exclude<ReleaseKind, 'first'>
    readonly differences: readonly Difference[]
    readonly version: number
  },
): void {
  const { releaseId, kind, differences, version } = what
  posting.record(BillingEncounterAmended, {
    subject: bill.id,
    version,
    data: {
      billingEncounterId: bill.id,
      appointmentId: bill.appointmentId,
      patientId: bill.patientId,
      releaseId,
      encounterId,
      encounterNumber,
      releasedAt,
      kind,
      differences: differences.map((one) => ({ ...one })),
    },
  })
}
