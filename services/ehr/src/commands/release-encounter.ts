import { EncounterReleased, fields } from '@praxisbus/contracts'
import {
  type CommandContext,
  isRefusal,
  json,
  may,
  refuse,
  sql,
  staleWrite,
  type Tx,
} from '@praxisbus/runtime'
import { z } from 'zod'
import { type Draft, draftInput, MAX_DIAGNOSES } from '../domain/content.ts'
import { type EncounterRow, identity, stillToCome } from '../domain/encounter.ts'
import { decideRelease } from '../domain/release.ts'
import { lockEncounter } from './lock-encounter.ts'
import { practiceWith, todayAt } from './practice.ts'
import { releasedCoding } from './released-coding.ts'
import { acceptDraft } from './save-draft.ts'

export const releaseInput = z.strictObject({
  draft: draftInput.optional().describe('Saved first, in the same transaction; needs If-Match'),
  diagnosisCodes: z
    .array(fields.diagnosisCode)
    .max(MAX_DIAGNOSES)
    .optional()
    .describe('Which diagnoses go to billing; needed where there are more than 12'),
})

/** Sends the coding to billing, once (E-12, E-13). A signed encounter and a draft are released alike. */
export async function releaseEncounter(
  ctx: CommandContext,
  { id, draft, diagnosisCodes }: z.output<typeof releaseInput> & { readonly id: string },
) {
  const { tx, principal } = ctx
  const encounter = await lockEncounter(tx, id)
  if (isRefusal(encounter)) return encounter
  const practice = await practiceWith(tx, 'billing')
  if (isRefusal(practice)) return practice
  if (encounter.releasedAt !== null) return alreadyReleased(encounter)
  const noVisit = (await visitDeleted(tx, encounter)) ?? stillToCome(encounter, todayAt(practice, ctx))
  if (noVisit) return noVisit
  const content = await contentToRelease(ctx, encounter, draft)
  if (isRefusal(content)) return content
  const coding = decideRelease(content, diagnosisCodes)
  if (isRefusal(coding)) return coding
  const released = await releasedCoding(ctx, encounter, coding)
  const { releasedAt } = released
  const { contentVersion } = encounter
  const { version } = await tx.one<{ version: number }>(sql`
    update encounter
       set content = ${json(content)}, saved_at = case when ${draft !== undefined} then ${releasedAt} else saved_at end,
           released = ${json(released)}, released_at = ${releasedAt}, released_by = ${principal.userId},
           released_version = ${contentVersion}, version = version + 1
     where id = ${id} returning version`)
  ctx.record(EncounterReleased, {
    subject: id,
    version,
    data: { ...identity(encounter), ...released, contentVersion },
  })
  if (draft) ctx.audit('encounter', id, 'edit')
  ctx.audit('encounter', id, 'release')
  return {
    encounterId: id,
    encounterNumber: encounter.number,
    status: encounter.status,
    released: { ...released, contentVersion },
    version,
  }
}

function alreadyReleased({ number }: EncounterRow) {
  return refuse('already_released', {
    detail: `Encounter ${number} was released before, and that happens once.`,
    next: 'Unlock the note to change its coding: billing hears of it when the note is signed again.',
  })
}

/** S-16: a visit that is off the calendar has no bill. Billing cancels what crosses its deletion on the way. */
async function visitDeleted(tx: Tx, { appointmentId }: EncounterRow) {
  if (appointmentId === null) return undefined
  const deleted = await tx.maybe(
    sql`select id from appointment_replica where id = ${appointmentId} and deleted`,
  )
  if (!deleted) return undefined
  return refuse('appointment_deleted', {
    detail: 'The appointment of this encounter was taken off the calendar, so there is no visit to bill.',
    next: 'Release a free-standing encounter where the visit took place all the same.',
  })
}

async function contentToRelease(ctx: CommandContext, encounter: EncounterRow, draft: Draft | undefined) {
  if (draft === undefined) return staleWrite(ctx, encounter.version) ?? encounter.content
  if (!may(ctx.principal, 'encounter.write'))
    return refuse('may_not_edit', {
      field: 'draft',
      detail: 'You may release encounters, but not edit them.',
      next: 'Release what is saved, without `draft`.',
    })
  if (ctx.ifMatch === undefined)
    return refuse('if_match_required', {
      field: 'If-Match',
      detail: 'A release that saves a draft needs to know which version you edited.',
      next: 'Send the ETag of the encounter in If-Match, or leave `draft` out.',
    })
  return acceptDraft(ctx, encounter, draft)
}
