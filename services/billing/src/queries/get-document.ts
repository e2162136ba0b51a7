import { BinaryAnswer, type QueryContext, type Refusal, refuse, sql, type Tx } from '@praxisbus/runtime'
import { currentContent, type DocumentRow, documentColumns } from '../documents/compose.ts'
import { printDocument } from '../documents/print.ts'
import { type AnyContent, documentNumber, totalOf } from '../domain/document.ts'
import { documentNotFound } from './refusals.ts'

export interface Delivery {
  readonly status: 'queued' | 'sent' | 'failed'
  readonly address: string
  readonly attempts: number
  readonly nextAttemptAt: string | null
  readonly lastError: string | null
  readonly messageId: string
  readonly sentAt: string | null
  /** Why it is still here, where that is not the mail server's doing. */
  readonly note: string | null
}

export interface DocumentSummary extends Omit<DocumentRow, 'id' | 'number' | 'content'> {
  readonly documentId: string
  readonly number: string
  /** Of the newest email. null: nobody asked for one, or there was no address. */
  readonly delivery: Delivery | null
}

export interface DocumentView extends DocumentSummary {
  readonly content: AnyContent
}

interface MailState {
  /** Whether this process has a mail server to send through. */
  readonly mailServer: boolean
}

type DeliveryRow = Omit<Delivery, 'note'> & { readonly documentId: string }

export async function getDocument(
  { tx, principal, audit }: QueryContext,
  { id, ...mail }: MailState & { readonly id: string },
): Promise<DocumentView | Refusal<'not_found'>> {
  audit('document', id)
  return (await readDocument(tx, principal.practiceId, id, mail)) ?? documentNotFound()
}

export async function readDocument(
  tx: Tx,
  practiceId: string,
  id: string,
  mail: MailState,
): Promise<DocumentView | undefined> {
  const row = await tx.maybe<DocumentRow>(
    sql`select ${documentColumns} from document where practice_id = ${practiceId} and id = ${id}`,
  )
  if (!row) return undefined
  const shown = await asShown(tx, practiceId, row)
  const [summary] = await withDelivery(tx, practiceId, [shown], mail)
  return { ...summary!, content: shown.content }
}

/** In review it follows the ledger: late lines that were signed are on the invoice when it goes out. */
async function asShown<Row extends DocumentRow>(tx: Tx, practiceId: string, row: Row) {
  if (row.content) return { ...row, content: row.content }
  const content = await currentContent(tx, practiceId, row)
  return { ...row, content, totalCents: totalOf(content) }
}

/** A patient's documents, newest first. */
export async function listDocuments(
  { tx, principal, audit }: QueryContext,
  { patientId, ...mail }: MailState & { readonly patientId: string },
): Promise<{ documents: DocumentSummary[] }> {
  const rows = await tx.many<DocumentRow>(sql`
    select ${documentColumns} from document
     where practice_id = ${principal.practiceId} and patient_id = ${patientId} order by id desc limit 500`)
  const shown: DocumentRow[] = []
  for (const row of rows) {
    audit('document', row.id)
    shown.push(await asShown(tx, principal.practiceId, row))
  }
  return { documents: await withDelivery(tx, principal.practiceId, shown, mail) }
}

async function withDelivery(
  tx: Tx,
  practiceId: string,
  rows: readonly DocumentRow[],
  mail: MailState,
): Promise<DocumentSummary[]> {
  const deliveries = await tx.many<DeliveryRow>(sql`
    select distinct on (document_id) document_id, status, address, attempts,
           case when status = 'queued' then next_attempt_at end as next_attempt_at, last_error, message_id, sent_at
      from document_delivery
     where practice_id = ${practiceId} and document_id = any(${rows.map((row) => row.id)}::uuid[])
     order by document_id, id desc`)
  const newest = new Map(deliveries.map(({ documentId, ...delivery }) => [documentId, delivery]))
  return rows.map(({ id, number, content: _, ...row }) => {
    const delivery = newest.get(id)
    return {
      ...row,
      documentId: id,
      number: documentNumber(row.kind, number),
      delivery: delivery ? { ...delivery, note: noteOf(delivery, mail) } : null,
    }
  })
}

function noteOf({ status }: Pick<Delivery, 'status'>, { mailServer }: MailState): string | null {
  if (status !== 'queued' || mailServer) return null
  return 'No mail server is set (SMTP_URL), so this email waits until there is one.'
}

/** The PDF as it was sent, or as it would be sent now. */
export async function getDocumentPdf(
  { tx, principal, audit }: QueryContext,
  { id }: { readonly id: string },
): Promise<BinaryAnswer | Refusal<'not_found' | 'not_yet'>> {
  audit('document', id)
  const printed = await printDocument(tx, principal.practiceId, id)
  if (printed) {
    const { kind, number } = printed.document
    return new BinaryAnswer(printed.bytes, 'application/pdf', `${kind}-${documentNumber(kind, number)}.pdf`)
  }
  const known = await tx.maybe(
    sql`select id from document where practice_id = ${principal.practiceId} and id = ${id}`,
  )
  if (!known) return documentNotFound()
  return refuse('not_yet', {
    detail: 'The patient’s or the practice’s record has not arrived from the scheduler yet.',
    next: 'Ask again in a moment.',
  })
}
