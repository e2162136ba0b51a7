import { DocumentVoided } from '@praxisbus/contracts'
import { json, type Sql, sql } from '@praxisbus/runtime'
import type { z } from 'zod'
import { documentNumber, totalOf } from '../domain/document.ts'
import type { Posting } from '../postings/posting.ts'
import { currentContent, type DocumentRow, documentColumns } from './compose.ts'

export type VoidReason = z.output<typeof DocumentVoided.data>['reason']

/**
 * Documents that count no more. Each keeps its number and what it said; for one in review that is what the ledger says now. Each is told.
 * `which`: a condition on `document`; they are locked by id.
 */
export async function voidDocuments(posting: Posting, which: Sql, reason: VoidReason): Promise<void> {
  const { tx, practiceId, now, record } = posting
  const found = await tx.many<DocumentRow>(sql`
    select ${documentColumns} from document
     where practice_id = ${practiceId} and status <> 'void' and ${which} order by id for update`)
  for (const document of found) {
    const fresh = document.content ? null : await currentContent(tx, practiceId, document)
    const totalCents = fresh ? totalOf(fresh) : document.totalCents
    await tx.run(sql`
      update document
         set status = 'void', content = coalesce(content, ${fresh && json(fresh)}::jsonb), total_cents = ${totalCents},
             version = version + 1
       where practice_id = ${practiceId} and id = ${document.id}`)
    const { id, kind, patientId, billingEncounterId, receiptId, version } = document
    const number = documentNumber(kind, document.number)
    const about = { documentId: id, kind, number, patientId, billingEncounterId, receiptId, totalCents }
    record(DocumentVoided, {
      subject: id,
      version: version + 1,
      data: { ...about, reason, voidedAt: now.toString() },
    })
  }
}
