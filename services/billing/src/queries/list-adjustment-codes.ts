import { type QueryContext, sql } from '@praxisbus/runtime'
import type { WriteOffCode } from '../commands/save-write-off-code.ts'
import { GROUPS, reasons } from '../domain/adjustment-codes.ts'

/** What an adjustment may be called: groups, claim adjustment reason codes, and the practice's own codes (B-15). */
export async function listAdjustmentCodes({ tx, principal }: QueryContext) {
  const own = await tx.many<WriteOffCode>(sql`
    select code, description, active from write_off_code where practice_id = ${principal.practiceId} order by code`)
  return { groups: [...GROUPS], reasons: reasons(), own }
}
