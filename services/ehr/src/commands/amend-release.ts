import { type CommandContext, isRefusal, type Refusal, refuse, sql, type Tx } from '@praxisbus/runtime'
import { type Content, sameCoding } from '../domain/content.ts'
import { type EncounterRow, isCodingReleased } from '../domain/encounter.ts'
import { type ChoiceRefusal, decideAmendedRelease } from '../domain/release.ts'
import type { Signing } from '../domain/signing.ts'
import { type ReleasedCoding, releasedCoding } from './released-coding.ts'

/**
 * What billing is told when all have signed a note that was released before and unlocked since (E-11): its coding, where it says
 * something else than what billing has. undefined: nothing. Nobody releases it a second time (E-12).
 */
export async function amendRelease(
  ctx: CommandContext,
  encounter: EncounterRow,
  { status }: Pick<Signing, 'status'>,
  choice: readonly string[] | undefined,
): Promise<ReleasedCoding | ChoiceRefusal | Refusal<'nothing_to_choose'> | undefined> {
  const amends = status === 'signed' && encounter.releasedAt !== null && !isCodingReleased(encounter)
  const before = amends ? await releasedBefore(ctx.tx, encounter) : undefined
  if (!before || sameCoding(before.content, encounter.content)) return choice && nothingToChoose()
  const codes = before.released.diagnoses.map(({ code }) => code)
  const coding = decideAmendedRelease(encounter.content, choice, codes)
  return isRefusal(coding) ? coding : releasedCoding(ctx, encounter, coding, before.released)
}

/** The version that billing has was unlocked, or this one would be it. */
function releasedBefore(tx: Tx, { id, releasedVersion }: EncounterRow) {
  return tx.one<{ content: Content; released: ReleasedCoding }>(sql`
    select unlocked.content, encounter.released
      from encounter_unlock unlocked join encounter on encounter.id = unlocked.encounter_id
     where encounter.id = ${id} and unlocked.content_version = ${releasedVersion}`)
}

function nothingToChoose(): Refusal<'nothing_to_choose'> {
  return refuse('nothing_to_choose', {
    field: 'diagnosisCodes',
    detail: 'This signature sends no coding to billing, so there are no diagnoses to choose.',
    next: 'Leave diagnosisCodes out.',
  })
}
