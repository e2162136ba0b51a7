import { EncounterSigned, EncounterUnlocked } from '@praxisbus/contracts'
import { type ReactionContext, reaction, sql } from '@praxisbus/runtime'

interface Note {
  readonly encounterId: string
  readonly appointmentId: string | null
}

/** E-11: a biller sees that the note behind a bill is being changed. Nothing of the bill moves; what the next version says comes as a release. */
export const onEncounterUnlocked = reaction(EncounterUnlocked, (ctx, unlocked) =>
  keep(ctx, unlocked, unlocked.unlockedAt),
)

/** A first version was never unlocked; of a later one the last signature counts. */
export const onEncounterSigned = reaction(EncounterSigned, async (ctx, signed) => {
  if (signed.contentVersion > 1 && signed.status === 'signed') await keep(ctx, signed, null)
})

/** The two come on topics of their own and may pass each other: the encounter's newer version holds. */
async function keep({ tx, practiceId, event }: ReactionContext, note: Note, unlockedAt: string | null) {
  await tx.run(sql`
    insert into note_state as held (practice_id, encounter_id, appointment_id, unlocked_at, version)
    values (${practiceId}, ${note.encounterId}, ${note.appointmentId}, ${unlockedAt}, ${event.version})
    on conflict (practice_id, encounter_id) do update
       set unlocked_at = excluded.unlocked_at, version = excluded.version
     where held.version < excluded.version`)
}
