import { sql } from '@praxisbus/runtime'
import { queueDelivery } from '../documents/issue.ts'
import type { Posting } from '../postings/posting.ts'
import { emailOf, type RequestRow } from './requests.ts'

/**
 * The invoice goes out with the link that is there now (B-02). Where a person has sent it meanwhile, that letter takes the link along,
 * since it reads what is open when it goes; one that was tried already may have left without, so another takes its place. Answers
 * whether one is on its way.
 */
export async function sendLink(
  posting: Posting,
  { documentId, patientId }: RequestRow,
  mailFrom: string,
): Promise<boolean> {
  const { tx, practiceId } = posting
  // As whoever sends it by hand: two at once would both see nothing queued, and one letter at a time is all that the index allows.
  await tx.run(
    sql`select id from document where practice_id = ${practiceId} and id = ${documentId} for update`,
  )
  const queued = await tx.maybe<{ id: string; address: string; attempts: number }>(sql`
    select id, address, attempts from document_delivery
     where practice_id = ${practiceId} and document_id = ${documentId} and status = 'queued' for update`)
  if (queued?.attempts === 0) return true
  if (queued)
    await tx.run(sql`
      update document_delivery set status = 'failed', last_error = 'An email with the payment link took its place.'
       where practice_id = ${practiceId} and id = ${queued.id}`)
  const address = queued?.address ?? (await emailOf(posting, patientId)).email
  if (address) await queueDelivery(posting, documentId, address, mailFrom)
  return address !== null
}
