import { type CommandContext, type Refusal, refuse, sql } from '@praxisbus/runtime'
import { writeDocument } from '../documents/issue.ts'
import { readStatement } from '../documents/statement.ts'
import { type Posting, postingOf } from '../postings/posting.ts'
import { todayOf } from '../postings/practice-day.ts'
import { type DocumentView, readDocument } from '../queries/get-document.ts'

/** A statement of one patient (B-20), also of one who owes nothing. Sending it is a step of its own, as with an invoice. */
export async function issueStatement(
  ctx: CommandContext,
  { id: patientId, ...mail }: { readonly id: string; readonly mailServer: boolean },
): Promise<DocumentView | Refusal<'not_found'>> {
  const posting = postingOf(ctx)
  const { tx, practiceId } = posting
  const patient = await tx.maybe(
    sql`select id from patient_replica where practice_id = ${practiceId} and id = ${patientId}`,
  )
  if (!patient)
    return refuse('not_found', {
      detail: 'Billing knows no patient of this id.',
      next: 'Check the id; one that was registered just now is known here in a moment.',
    })
  const date = await todayOf(tx, practiceId, ctx.now)
  const { documentId } = await writeStatement(posting, patientId, date)
  ctx.audit('document', documentId, 'issue statement')
  return (await readDocument(tx, practiceId, documentId, mail))!
}

/** Written down as the ledger has it now, with the next number of the practice. */
export async function writeStatement(posting: Posting, patientId: string, asOf: string) {
  const content = await readStatement(posting.tx, posting.practiceId, patientId, asOf)
  const documentId = await writeDocument(posting, {
    kind: 'statement',
    status: 'issued',
    patientId,
    billingEncounterId: null,
    receiptId: null,
    content,
    totalCents: content.balanceCents,
  })
  return { documentId, content }
}
