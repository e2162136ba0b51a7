import { sql, type Tx } from '@praxisbus/runtime'
import { renderDocument } from '../adapters/pdf.ts'
import { currentContent, type DocumentRow, findDocument, partiesOf } from './compose.ts'

/**
 * The PDF: the bytes that were sent, or drawn now from what was written down at issue (in review: from the ledger).
 * undefined: there is no such document, or the names on it have not arrived yet.
 */
export async function printDocument(
  tx: Tx,
  practiceId: string,
  documentId: string,
): Promise<{ document: DocumentRow; bytes: Buffer } | undefined> {
  const document = await findDocument(tx, practiceId, documentId)
  if (!document) return undefined
  const { pdf } = await tx.one<{ pdf: Buffer | null }>(
    sql`select pdf from document where practice_id = ${practiceId} and id = ${documentId}`,
  )
  if (pdf) return { document, bytes: pdf }
  const parties = await partiesOf(tx, practiceId, document)
  if (!parties) return undefined
  const content = document.content ?? (await currentContent(tx, practiceId, document))
  const { timeZone } = await tx.one<{ timeZone: string }>(
    sql`select time_zone from practice_replica where practice_id = ${practiceId}`,
  )
  const issuedOn = Temporal.Instant.from(document.issuedAt)
    .toZonedDateTimeISO(timeZone)
    .toPlainDate()
    .toString()
  return { document, bytes: await renderDocument({ ...document, content, parties, issuedOn }) }
}
