import { type CommandContext, type Refusal, refuse, sql } from '@praxisbus/runtime'
import { DELIVERED_CODES, type DisbursementCode } from '../domain/receipt.ts'

/** An own disbursement code (B-11), for users who may modify receipts. Sent again with `active` false, it is out of use. */
export async function saveDisbursementCode(
  { tx, principal, audit }: CommandContext,
  { code, description, active }: DisbursementCode,
): Promise<DisbursementCode | Refusal<'delivered_code'>> {
  if (code in DELIVERED_CODES)
    return refuse('delivered_code', {
      field: 'code',
      detail: `${code} comes with the system and means “${DELIVERED_CODES[code]}”.`,
      next: 'Choose another code.',
    })
  await tx.run(sql`
    insert into disbursement_code as own (practice_id, code, description, active)
    values (${principal.practiceId}, ${code}, ${description}, ${active})
    on conflict (practice_id, code) do update set description = excluded.description, active = excluded.active,
      version = own.version + 1`)
  audit('disbursement-code', code, 'save')
  return { code, description, active }
}
