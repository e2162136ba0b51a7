import { sql } from '@praxisbus/runtime'
import { openLog } from '@praxisbus/runtime/log.ts'
import { type Mailer, openMailer } from '@praxisbus/runtime/mail.ts'
import { type Answer, type SmtpServer, startSmtp } from '@praxisbus/testing'
import { deliver } from './documents/deliver.ts'
import type { RouteSettings } from './routes.ts'
import { type BillingDesk, MAIL_FROM, openBillingDesk, paid, type Visit } from './test-kit.ts'

/** A desk with a mail server beside it; the sender takes a turn when the test says so. */
export interface MailDesk extends BillingDesk {
  readonly smtp: SmtpServer
  readonly mailer: Mailer
  /** The patient's newest document. */
  documentOf(patientId: string): Promise<Answer['body']>
  paidVisit(name?: string): Promise<{ visit: Visit; document: Answer['body'] }>
  /** One turn of the sender for this document; `mailer` in place of the usual one. */
  turn(documentId: string, mailer?: Mailer): Promise<void>
  comeDue(documentId: string): Promise<unknown>
}

export async function openMailDesk(settings: Partial<RouteSettings> = {}): Promise<MailDesk> {
  const [desk, smtp] = await Promise.all([openBillingDesk(settings), startSmtp()])
  const log = openLog('billing', 'silent')
  const mailer = openMailer({ url: smtp.url, from: MAIL_FROM })
  const { practiceId, database, biller } = desk
  const documentOf = async (patientId: string): Promise<Answer['body']> => {
    const list = await biller.get(`/v1/documents?patientId=${patientId}`)
    return (await biller.get(`/v1/documents/${list.body.documents[0].documentId}`)).body
  }
  return {
    ...desk,
    smtp,
    mailer,
    documentOf,
    paidVisit: async (name) => {
      const visit = desk.visit()
      await desk.register(visit.patientId, { name })
      await desk.complete(visit, paid(15_000))
      return { visit, document: await documentOf(visit.patientId) }
    },
    turn: async (documentId, other = mailer) => {
      const row = await database.read(practiceId, (tx) =>
        tx.one<{ id: string }>(sql`
          select id from document_delivery where document_id = ${documentId} order by id desc limit 1`),
      )
      await deliver({ database, mailer: other, log }, { practiceId, id: row.id })
    },
    comeDue: (documentId) =>
      database.write(practiceId, (tx) =>
        tx.run(sql`update document_delivery set next_attempt_at = now() where document_id = ${documentId}`),
      ),
    close: async () => {
      mailer.close()
      await Promise.all([desk.close(), smtp.stop()])
    },
  }
}
