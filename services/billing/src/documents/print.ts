import { sql, type Tx } from '@praxisbus/runtime'
import { renderDocument } from '../adapters/pdf.ts'
import type { Headed } from '../adapters/pdf-parts.ts'
import { renderStatement } from '../adapters/pdf-statement.ts'
import { renderSuperbill } from '../adapters/pdf-superbill.ts'
import type { AnyContent, DocumentContent } from '../domain/document.ts'
import type { StatementContent } from '../domain/statement.ts'
import type { SuperbillContent } from '../domain/superbill.ts'
import { dayIn, timeZoneOf } from '../postings/practice-day.ts'
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
  const issuedOn = dayIn(await timeZoneOf(tx, practiceId), Temporal.Instant.from(document.issuedAt))
  return { document, bytes: await render({ ...document, parties, issuedOn }, content) }
}

/** The kind says which shape the content has: it was written by the verb of that kind. */
function render(head: Headed, content: AnyContent): Promise<Buffer> {
  switch (head.kind) {
    case 'statement':
      return renderStatement({ ...head, content: content as StatementContent })
    case 'superbill':
      return renderSuperbill({ ...head, content: content as SuperbillContent })
    default:
      return renderDocument({ ...head, content: content as DocumentContent })
  }
}
