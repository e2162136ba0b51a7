import { json, type Sql, sql } from '@praxisbus/runtime'
import { totalOf } from '../domain/document.ts'
import type { Posting } from '../postings/posting.ts'
import { currentContent, type DocumentRow, documentColumns } from './compose.ts'

/**
 * Documents that count no more. Each keeps its number and what it said; for one in review that is what the ledger says now.
 * `which`: a condition on `document`; they are locked by id.
 */
export async function voidDocuments(
  { tx, practiceId }: Pick<Posting, 'tx' | 'practiceId'>,
  which: Sql,
): Promise<void> {
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
  }
}
