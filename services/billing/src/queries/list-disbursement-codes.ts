import { type QueryContext, sql } from '@praxisbus/runtime'
import { DELIVERED_CODES, type DisbursementCode } from '../domain/receipt.ts'

const LIMIT = 1_000

/** The codes of every practice, then its own (B-11). */
export async function listDisbursementCodes({
  tx,
  principal,
  audit,
}: QueryContext): Promise<{ codes: (DisbursementCode & { delivered: boolean })[] }> {
  audit('disbursement-code', 'list')
  const own = await tx.many<DisbursementCode>(sql`
    select code, description, active from disbursement_code
     where practice_id = ${principal.practiceId} order by code limit ${LIMIT}`)
  const delivered = Object.entries(DELIVERED_CODES).map(([code, description]) => ({
    code,
    description,
    active: true,
    delivered: true,
  }))
  return { codes: [...delivered, ...own.map((code) => ({ ...code, delivered: false }))] }
}
