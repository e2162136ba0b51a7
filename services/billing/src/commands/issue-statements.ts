import { type CommandContext, sql } from '@praxisbus/runtime'
import { queueDelivery } from '../documents/issue.ts'
import { type Posting, planAnew, postingOf } from '../postings/posting.ts'
import { dayIn, timeZoneOf } from '../postings/practice-day.ts'
import { writeStatement } from './issue-statement.ts'

export interface StatementRun {
  readonly statements: {
    readonly documentId: string
    readonly patientId: string
    readonly totalCents: number
    /** null: not sent, or the patient has no address on file. */
    readonly email: string | null
  }[]
  /** true: more patients owe that much; the same request again takes the next. */
  readonly more: boolean
}

interface Owing {
  readonly patientId: string
  readonly email: string | null
}

/**
 * Statements for all patients who owe at least so much (B-20), so many at a time. Whoever has one of today, from here or by
 * hand, is left out: asking again goes on where it ended, and nobody gets two.
 */
export async function issueStatements(
  ctx: CommandContext,
  asked: {
    readonly minBalanceCents: number
    readonly limit: number
    readonly send: boolean
    readonly mailFrom: string
  },
): Promise<StatementRun> {
  const posting = postingOf(ctx)
  const { tx, practiceId } = posting
  await takeTurn(posting)
  const timeZone = await timeZoneOf(tx, practiceId)
  const date = dayIn(timeZone, ctx.now)
  const since = ctx.now.toZonedDateTimeISO(timeZone).startOfDay().toInstant().toString()
  const owing = await patientsOwing(posting, { ...asked, since })
  const statements = []
  for (const { patientId, email } of owing.slice(0, asked.limit)) {
    const { documentId, content } = await writeStatement(posting, patientId, date)
    const to = asked.send ? email : null
    if (to) await queueDelivery(posting, documentId, to, asked.mailFrom)
    ctx.audit('document', documentId, 'issue statement')
    statements.push({ documentId, patientId, totalCents: content.balanceCents, email: to })
  }
  return { statements, more: owing.length > asked.limit }
}

/** Whoever numbers a statement waits here, so two runs at once see each other's. */
async function takeTurn({ tx, practiceId }: Posting): Promise<void> {
  await tx.run(sql`
    insert into document_counter (practice_id, kind, last_number) values (${practiceId}, 'statement', 0)
    on conflict (practice_id, kind) do nothing`)
  await tx.one(sql`
    select last_number from document_counter where practice_id = ${practiceId} and kind = 'statement' for update`)
}

/** One more than the limit, to know whether there are more. */
function patientsOwing(
  { tx, practiceId }: Posting,
  asked: { readonly minBalanceCents: number; readonly limit: number; readonly since: string },
): Promise<Owing[]> {
  planAnew(tx)
  return tx.many<Owing>(sql`
    select billed.patient_id, patient.email
      from account
      join charge on charge.practice_id = account.practice_id and charge.id = account.charge_id
       and charge.reversed_at is null
      join billing_encounter as billed on billed.practice_id = charge.practice_id and billed.id = charge.billing_encounter_id
      join patient_replica as patient on patient.practice_id = billed.practice_id and patient.id = billed.patient_id
     where account.practice_id = ${practiceId} and account.kind = 'receivable' and account.payer_id is null
       and account.balance_cents > 0
       and not exists (
         select from document where document.practice_id = ${practiceId} and document.patient_id = billed.patient_id
            and document.kind = 'statement' and document.issued_at >= ${asked.since})
     group by billed.patient_id, patient.email
    having sum(account.balance_cents) >= ${asked.minBalanceCents}
     order by billed.patient_id limit ${asked.limit + 1}`)
}
