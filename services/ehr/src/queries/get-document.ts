import { createHash } from 'node:crypto'
import { fields } from '@praxisbus/contracts'
import { BinaryAnswer, type QueryContext, refuse, sql, type Tx } from '@praxisbus/runtime'
import { z } from 'zod'
import { encounterNotFound } from '../domain/encounter.ts'
import { line } from '../domain/text.ts'

export const documentQuery = z.strictObject({
  role: line(60).optional().describe("The document this role's signature stands on; default: the newest"),
})

export const verificationOutput = z.object({
  encounterId: fields.id,
  intact: z.boolean().describe('Every document is, byte for byte, the one that was signed'),
  signatures: z.array(
    z.object({
      role: z.string(),
      signedBy: z.string(),
      signerName: z.string(),
      signedAt: fields.instant,
      signedSha256: z.string(),
      storedSha256: z.string().describe('Computed now over the stored bytes'),
      intact: z.boolean(),
    }),
  ),
})

/** The PDF as it was signed (E-05, E-09): the newest, which shows all signatures, or the one a role signed. */
export async function getDocument(
  ctx: QueryContext,
  { id, role }: { readonly id: string } & z.output<typeof documentQuery>,
) {
  const encounter = await numberOf(ctx.tx, id)
  if (!encounter) return encounterNotFound()
  const document = await ctx.tx.maybe<{ bytes: Buffer }>(sql`
    select bytes from encounter_signature signature join encounter_document document on document.id = document_id
     where signature.encounter_id = ${id} and (${role ?? null}::text is null or role = ${role ?? null}::text)
     order by content_version desc, position desc limit 1`)
  if (!document)
    return refuse('no_document', {
      field: role === undefined ? undefined : 'role',
      detail: role === undefined ? 'Nobody has signed this encounter yet.' : `Nobody has signed as ${role}.`,
      next: 'A document is made with each signature.',
    })
  ctx.audit('encounter-document', id)
  return new BinaryAnswer(document.bytes, 'application/pdf', `encounter-${encounter.number}.pdf`)
}

/** Proves that no document was changed after it was signed: hashes the stored bytes anew (E-05). */
export async function verifyDocument(ctx: QueryContext, { id }: { readonly id: string }) {
  if (!(await numberOf(ctx.tx, id))) return encounterNotFound()
  const rows = await ctx.tx.many<{
    role: string
    signedBy: string
    signerName: string
    signedAt: string
    signedSha256: string
    bytes: Buffer
  }>(sql`
    select role, user_id as signed_by, signer_name, signed_at, document_sha256 as signed_sha256, bytes
      from encounter_signature signature join encounter_document document on document.id = document_id
     where signature.encounter_id = ${id} order by content_version, position`)
  ctx.audit('encounter-document', id)
  const signatures = rows.map(({ bytes, ...signature }) => {
    const storedSha256 = createHash('sha256').update(bytes).digest('hex')
    return { ...signature, storedSha256, intact: storedSha256 === signature.signedSha256 }
  })
  return { encounterId: id, intact: signatures.every(({ intact }) => intact), signatures }
}

function numberOf(tx: Tx, encounterId: string): Promise<{ number: number } | undefined> {
  return tx.maybe<{ number: number }>(sql`select number from encounter where id = ${encounterId}`)
}
