import { EncounterUnlocked } from '@praxisbus/contracts'
import { type CommandContext, isRefusal, sql, staleWrite } from '@praxisbus/runtime'
import { z } from 'zod'
import { identity, mayUnlock } from '../domain/encounter.ts'
import { line } from '../domain/text.ts'
import { draftFollowsVisit } from '../draft-follows-visit.ts'
import { lockEncounter } from './lock-encounter.ts'

export const unlockInput = z.strictObject({
  reason: line(500).describe('Why the note is changed; kept with the version that was signed'),
})

/**
 * Takes a note that carries signatures back to a draft (E-11). The version that was signed stays, with its content, documents and
 * signatures; all roles sign the next one. Nothing in billing moves: whoever unlocks has asked what depends on the note.
 */
export async function unlockEncounter(
  ctx: CommandContext,
  { id, reason }: z.output<typeof unlockInput> & { readonly id: string },
) {
  const { tx, principal } = ctx
  const encounter = await lockEncounter(tx, id)
  if (isRefusal(encounter)) return encounter
  const refusal = mayUnlock(encounter) ?? staleWrite(ctx, encounter.version)
  if (refusal) return refusal
  const unlockedAt = ctx.now.toString({ smallestUnit: 'millisecond' })
  // First the record: the database lets nobody open a signed note without one.
  await tx.run(sql`
    insert into encounter_unlock (practice_id, encounter_id, content_version, status, content, checkout, reason, unlocked_by,
                                  unlocked_by_name, unlocked_at)
    select practice_id, id, content_version, status, content, checkout, ${reason}, ${principal.userId}, ${principal.name}, ${unlockedAt}
      from encounter where id = ${id}`)
  const unlocked = await tx.one<{ version: number; contentVersion: number }>(sql`
    update encounter set status = 'draft', content_version = content_version + 1, version = version + 1
     where id = ${id} returning version, content_version`)
  const { contentVersion } = unlocked
  // The visit may have been moved, or handed over, while the note was closed to that.
  const { appointmentId } = encounter
  const version = (appointmentId && (await draftFollowsVisit(tx, appointmentId))) || unlocked.version
  ctx.record(EncounterUnlocked, {
    subject: id,
    version,
    data: {
      ...identity(encounter),
      unlockedBy: principal.userId,
      unlockedAt,
      status: encounter.status as 'review' | 'signed',
      unlockedVersion: encounter.contentVersion,
      contentVersion,
      released: encounter.releasedAt !== null,
    },
  })
  ctx.audit('encounter', id, 'unlock')
  return {
    encounterId: id,
    encounterNumber: encounter.number,
    status: 'draft' as const,
    unlockedVersion: encounter.contentVersion,
    contentVersion,
    unlockedAt,
    version,
  }
}
