import { createHash } from 'node:crypto'
import { fields } from '@praxisbus/contracts'
import { BinaryAnswer, type QueryContext, refuse, sql, type Tx } from '@praxisbus/runtime'
import { z } from 'zod'
import { encounterNotFound } from '../domain/encounter.ts'
import { line } from '../domain/text.ts'

export const documentQuery = z.strictObject({
  role: line(60).optional().describe("The document this role's signature stands on; default: the newest"),
  contentVersion: z.coerce
    .number()
    .int()
    .min(1)
    .max(2_147_483_647)
    .optional()
    .describe(
      'A version of the note that was unlocked since (E-11); default: the newest that carries a signature',
    ),
})

export const verificationOutput = z.object({
  encounterId: fields.id,
  intact: z.boolean().describe('Every document is, byte for byte, the one that was signed'),
  signatures: z.array(
    z.object({
      contentVersion: z.int(),
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

/** The PDF as it was signed (E-05, E-09, E-11): the newest, which shows all signatures; the one a role signed; or of a version. */
export async function getDocument(
  ctx: QueryContext,
  { id, role, contentVersion }: { readonly id: string } & z.output<typeof documentQuery>,
) {
  const encounter = await numberOf(ctx.tx, id)
  if (!encounter) return encounterNotFound()
  const asked = [
    ...(role === undefined ? [] : [sql` and role = ${role}`]),
    ...(contentVersion === undefined ? [] : [sql` and content_version = ${contentVersion}`]),
  ]
  const document = await ctx.tx.maybe<{ bytes: Buffer; contentVersion: number }>(sql`
    select bytes, content_version
      from encounter_signature signature join encounter_document document on document.id = document_id
     where signature.encounter_id = ${id}${sql.join(asked, sql``)}
     order by content_version desc, position desc limit 1`)
  if (!document) return noDocument(role, contentVersion)
  ctx.audit('encounter-document', id)
  const version = document.contentVersion === 1 ? '' : `-version-${document.contentVersion}`
  return new BinaryAnswer(document.bytes, 'application/pdf', `encounter-${encounter.number}${version}.pdf`)
}

function noDocument(role: string | undefined, contentVersion: number | undefined) {
  const of = contentVersion === undefined ? 'this encounter' : `version ${contentVersion} of this encounter`
  const field = role !== undefined ? 'role' : contentVersion !== undefined ? 'contentVersion' : undefined
  return refuse('no_document', {
    field,
    detail: role === undefined ? `Nobody has signed ${of} yet.` : `Nobody has signed ${of} as ${role}.`,
    next: 'A document is made with each signature; GET /v1/encounters/{id}/versions lists them.',
  })
}

/** Proves that no document was changed after it was signed: hashes the stored bytes anew (E-05). */
export async function verifyDocument(ctx: QueryContext, { id }: { readonly id: string }) {
  if (!(await numberOf(ctx.tx, id))) return encounterNotFound()
  const rows = await ctx.tx.many<{
    contentVersion: number
    role: string
    signedBy: string
    signerName: string
    signedAt: string
    signedSha256: string
    bytes: Buffer
  }>(sql`
    select content_version, role, user_id as signed_by, signer_name, signed_at, document_sha256 as signed_sha256, bytes
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
