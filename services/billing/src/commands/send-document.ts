import { type CommandContext, json, type Refusal, refuse, sql } from '@praxisbus/runtime'
import { currentContent, findDocument } from '../documents/compose.ts'
import { queueDelivery, recordIssued, voidOlderInvoices } from '../documents/issue.ts'
import { totalOf } from '../domain/document.ts'
import { lockEncounter } from '../postings/encounters.ts'
import { type Posting, postingOf } from '../postings/posting.ts'
import { type DocumentView, readDocument } from '../queries/get-document.ts'
import { documentNotFound } from '../queries/refusals.ts'

/**
 * A person lets a reviewed invoice go (B-03): what it says is written down as the ledger has it now, and it is queued for
 * the patient's address or another. The bill's older invoice is void with it. What was issued before may be sent again, for instance
 * to a corrected address.
 */
export async function sendDocument(
  ctx: CommandContext,
  { id, email, ...mail }: { id: string; email?: string; mailFrom: string; mailServer: boolean },
): Promise<DocumentView | Refusal<'not_found' | 'void' | 'no_address' | 'already_queued'>> {
  const posting = postingOf(ctx)
  const { tx, practiceId } = posting
  const document = await lockDocument(posting, id)
  if (!document) return documentNotFound()
  if (document.status === 'void')
    return refuse('void', {
      detail:
        'The document is void: its bill or receipt was taken back or changed, or a newer one took its place.',
      next: 'Send the one that counts now; GET /v1/documents?patientId= lists them.',
    })
  const address = email ?? (await addressOf(ctx, document.patientId))
  if (!address)
    return refuse('no_address', {
      field: 'email',
      detail: 'The patient has no email address on file.',
      next: 'Add one to the patient, or send one in `email`.',
    })
  const queued = await tx.maybe(sql`
    select id from document_delivery where practice_id = ${practiceId} and document_id = ${id} and status = 'queued'`)
  if (queued)
    return refuse('already_queued', {
      detail: 'The document is on its way already.',
      next: 'Read it for the state of its delivery.',
    })
  if (document.status === 'review') {
    await voidOlderInvoices(posting, document.billingEncounterId!, id)
    const content = await currentContent(tx, practiceId, document)
    const version = document.version + 1
    const totalCents = totalOf(content)
    await tx.run(sql`
      update document set status = 'issued', content = ${json(content)}, total_cents = ${totalCents}, version = ${version}
       where practice_id = ${practiceId} and id = ${id}`)
    recordIssued(ctx, { ...document, totalCents, version }, 'issued')
  }
  await queueDelivery(posting, id, address, mail.mailFrom)
  ctx.audit('document', id, 'send')
  return (await readDocument(tx, practiceId, id, mail))!
}

/** The bill of an invoice in review first, so that no line is signed and no other invoice issued between here and the commit. */
async function lockDocument(posting: Posting, id: string) {
  const { tx, practiceId } = posting
  const known = await findDocument(tx, practiceId, id)
  if (known?.status === 'review') await lockEncounter(posting, known.billingEncounterId!)
  await tx.maybe(sql`select id from document where practice_id = ${practiceId} and id = ${id} for update`)
  return findDocument(tx, practiceId, id)
}

async function addressOf({ tx, principal }: CommandContext, patientId: string): Promise<string | null> {
  const patient = await tx.maybe<{ email: string | null }>(sql`
    select email from patient_replica where practice_id = ${principal.practiceId} and id = ${patientId}`)
  return patient?.email ?? null
}
