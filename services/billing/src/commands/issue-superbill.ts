import { type CommandContext, isRefusal, type Refusal } from '@praxisbus/runtime'
import { writeDocument } from '../documents/issue.ts'
import { readSuperbill } from '../documents/superbill.ts'
import { refuseCancelled } from '../domain/billing-encounter.ts'
import { lockEncounter } from '../postings/encounters.ts'
import { postingOf } from '../postings/posting.ts'
import { type DocumentView, readDocument } from '../queries/get-document.ts'
import { encounterNotFound } from '../queries/refusals.ts'

/**
 * The superbill of a visit (B-20): numbered, and written down as the visit stands now. Each is a document of its own, so a
 * later one shows what was paid since.
 */
export async function issueSuperbill(
  ctx: CommandContext,
  { id, ...mail }: { readonly id: string; readonly mailServer: boolean },
): Promise<
  | DocumentView
  | Refusal<'not_found' | 'cancelled' | 'not_eligible' | 'no_diagnosis' | 'no_rendering_provider'>
> {
  const posting = postingOf(ctx)
  const encounter = await lockEncounter(posting, id)
  if (!encounter) return encounterNotFound()
  if (encounter.status === 'cancelled') return refuseCancelled()
  const content = await readSuperbill(ctx.tx, posting.practiceId, encounter)
  if (isRefusal(content)) return content
  const documentId = await writeDocument(posting, {
    kind: 'superbill',
    status: 'issued',
    patientId: encounter.patientId,
    billingEncounterId: id,
    receiptId: null,
    content,
    totalCents: content.totalCents,
  })
  ctx.audit('document', documentId, 'issue superbill')
  return (await readDocument(ctx.tx, posting.practiceId, documentId, mail))!
}
