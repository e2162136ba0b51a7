import { isDeepStrictEqual } from 'node:util'
import { type CommandContext, isRefusal, json, refuse, sql, staleWrite, type Tx } from '@praxisbus/runtime'
import { type Code, withDescriptions } from '../domain/codes.ts'
import { checkDraft, type Draft, sameCoding } from '../domain/content.ts'
import { type EncounterRow, isCodingReleased, mayEdit } from '../domain/encounter.ts'
import { lockEncounter } from './lock-encounter.ts'

/**
 * Replaces the content of a draft (E-02). Made for saving every few seconds: no fact, one row, no index touched, and
 * nothing written where nothing changed. Refuses stale to the second of two editors.
 */
export async function saveDraft(ctx: CommandContext, { id, ...draft }: Draft & { readonly id: string }) {
  const encounter = await lockEncounter(ctx.tx, id)
  if (isRefusal(encounter)) return encounter
  const content = await acceptDraft(ctx, encounter, draft)
  if (isRefusal(content)) return content
  ctx.audit('encounter', id, 'edit')
  if (isDeepStrictEqual(content, encounter.content)) return answer(encounter)
  return answer(
    await ctx.tx.one<EncounterRow>(sql`
      update encounter set content = ${json(content)}, saved_at = ${ctx.now.toString()}, version = version + 1
       where id = ${id} returning id, number, status, saved_at, version`),
  )
}

function answer({ id, number, status, savedAt, version }: EncounterRow) {
  return { encounterId: id, encounterNumber: number, status, savedAt, version }
}

/** Whether this content may take the place of the encounter's, and what it is with its codes' descriptions. */
export async function acceptDraft(ctx: CommandContext, encounter: EncounterRow, draft: Draft) {
  const refusal =
    mayEdit(encounter) ?? staleWrite(ctx, encounter.version) ?? checkDraft(encounter.plugins, draft)
  if (refusal) return refusal
  if (sameCoding(draft, encounter.content)) {
    const { diagnoses, procedures } = encounter.content
    return { ...draft, diagnoses, procedures }
  }
  if (isCodingReleased(encounter))
    return refuse('coding_released', {
      field: 'diagnoses',
      detail: `The coding of encounter ${encounter.number} was released to billing, which happens once.`,
      next: 'Send diagnoses and procedures as they were released. To change them, sign the note and unlock it; billing hears of the next signed version.',
    })
  return withDescriptions(draft, await knownCodes(ctx.tx, draft))
}

function knownCodes(tx: Tx, { diagnoses, procedures }: Draft): Promise<Code[]> {
  return tx.many<Code>(sql`
    select system, code, description, billable from code
     where system = 'icd-10-cm' and code = any(${diagnoses.map(({ code }) => code)})
        or system in ('cpt', 'hcpcs') and code = any(${procedures.map(({ code }) => code)})`)
}
