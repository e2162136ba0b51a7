import { type CommandContext, isRefusal, staleWrite } from '@praxisbus/runtime'
import type { DecidedLine, InsuranceLine } from '../domain/insurance.ts'
import { sumCents } from '../domain/money.ts'
import { type PostedInsurance, type PostingRefusal, postInsurance } from '../postings/insurance.ts'
import { postingOf } from '../postings/posting.ts'

export interface InsurancePayment extends Omit<PostedInsurance, 'lines'> {
  readonly receiptId: string
  readonly lines: readonly (Omit<DecidedLine, 'receivable' | 'freed' | 'applied'> & {
    /** Still owed on the charge, by all. */
    readonly balanceCents: number
    /** What the payer leaves unpaid and gave to nobody: an underpayment. */
    readonly leftWithPayerCents: number
  })[]
  readonly leftWithPayerCents: number
}

/**
 * Posts lines of an insurer's check onto charges (B-15): what is paid, allowed, adjusted, and who owes the rest. Two who post the
 * same check wait for each other, and the second is told by its lines.
 */
export async function postInsurancePayment(
  ctx: CommandContext,
  {
    id: receiptId,
    batchId,
    lines,
  }: { readonly id: string; readonly batchId: string | null; readonly lines: readonly InsuranceLine[] },
): Promise<InsurancePayment | PostingRefusal> {
  const posted = await postInsurance(postingOf(ctx), {
    receiptId,
    lines,
    batchId,
    stale: (version) => staleWrite(ctx, version),
  })
  if (isRefusal(posted)) return posted
  ctx.audit('receipt', receiptId, 'post insurance payment')
  const shown = posted.lines.map(({ receivable: _, freed: __, applied: ___, ...line }) => ({
    ...line,
    balanceCents: sumCents(line.shares.map((share) => share.balanceCents)),
    leftWithPayerCents: line.shares.find((share) => share.payerId === posted.payerId)?.balanceCents ?? 0,
  }))
  return {
    ...posted,
    receiptId,
    lines: shown,
    leftWithPayerCents: sumCents(shown.map((line) => line.leftWithPayerCents)),
  }
}
