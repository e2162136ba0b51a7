import { fields } from '@praxisbus/contracts'
import { type QueryContext, sql } from '@praxisbus/runtime'
import { z } from 'zod'
import { encounterNotFound, STATUSES } from '../domain/encounter.ts'
import { checkoutOutput, contentOutput, signatureOutput, signaturesOf } from './get-encounter.ts'

export const versionsOutput = z.object({
  encounterId: fields.id,
  versions: z
    .array(
      z.object({
        contentVersion: z.int(),
        status: z.enum(STATUSES).describe('Of the newest: now; of the others: when they were unlocked'),
        content: contentOutput,
        checkout: checkoutOutput.nullable(),
        signatures: z.array(signatureOutput),
        unlocked: z
          .object({
            unlockedAt: fields.instant,
            unlockedBy: z.string(),
            unlockedByName: z.string(),
            reason: z.string(),
          })
          .nullable()
          .describe('null: this is the version that holds'),
      }),
    )
    .describe('The newest first, and every one that carried signatures before it'),
})
type Version = z.output<typeof versionsOutput>['versions'][number]

/** A note is unlocked a few times at most; the bound is against mishaps. */
const MOST = 200

/** What was signed at any time, and who unlocked it why (E-11). The PDF of each: `…/document?contentVersion=`. */
export async function listVersions(ctx: QueryContext, { id }: { readonly id: string }) {
  const versions = await ctx.tx.many<Version>(sql`
    select content_version, status, content, checkout, ${signaturesOf(sql`encounter.id`, sql`encounter.content_version`)} as signatures,
           null::jsonb as unlocked
      from encounter where id = ${id}
    union all
    select content_version, status, content, checkout, ${signaturesOf(sql`unlocked.encounter_id`, sql`unlocked.content_version`)},
           jsonb_build_object('unlockedAt', to_char(unlocked_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'unlockedBy', unlocked_by,
             'unlockedByName', unlocked_by_name, 'reason', reason)
      from encounter_unlock unlocked where encounter_id = ${id}
     order by content_version desc limit ${MOST}`)
  if (versions.length === 0) return encounterNotFound()
  ctx.audit('encounter', id)
  return { encounterId: id, versions }
}
