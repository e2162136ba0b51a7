import { createHash } from 'node:crypto'
import { EncounterReleased, EncounterSigned, fields } from '@praxisbus/contracts'
import { type CommandContext, isRefusal, json, refuse, sql, staleWrite, type Tx } from '@praxisbus/runtime'
import { z } from 'zod'
import { type EncounterDocument, encounterPdf } from '../document/encounter-pdf.ts'
import { MAX_DIAGNOSES, type Plugin } from '../domain/content.ts'
import { type EncounterRow, identity, stillToCome } from '../domain/encounter.ts'
import { decideSigning, type Signing } from '../domain/signing.ts'
import { line } from '../domain/text.ts'
import { confirmsBeforeSigning } from '../queries/get-preferences.ts'
import { amendRelease } from './amend-release.ts'
import { lockEncounter } from './lock-encounter.ts'
import { practiceOf, todayAt } from './practice.ts'
import type { ReleasedCoding } from './released-coding.ts'
import { keepPreference } from './set-preferences.ts'

export const signInput = z.strictObject({
  role: line(60).optional().describe('May be left out where only one is possible'),
  confirmed: z.boolean().default(false).describe('The user has said yes to the confirmation'),
  diagnosisCodes: z
    .array(fields.diagnosisCode)
    .max(MAX_DIAGNOSES)
    .optional()
    .describe(
      'Which diagnoses go to billing, where a released note is signed again with other coding and more than 12',
    ),
  dontShowAgain: z.boolean().default(false).describe('Do not ask this user again'),
})

interface Signature {
  readonly role: string
  readonly signerName: string
  readonly signedAt: string
}

/** Signs in one role, on a document made now (E-04, E-05, E-07). Nothing of the content changes from here on. */
export async function signEncounter(
  ctx: CommandContext,
  { id, ...input }: z.output<typeof signInput> & { readonly id: string },
) {
  const { tx, principal } = ctx
  const encounter = await lockEncounter(tx, id)
  if (isRefusal(encounter)) return encounter
  const earlier = await signaturesOf(tx, encounter)
  const signing = decideSigning(
    { ...encounter, signedRoles: earlier.map(({ role }) => role) },
    principal.roles,
    input.role,
  )
  if (isRefusal(signing)) return signing
  const stale = staleWrite(ctx, encounter.version)
  if (stale) return stale
  const practice = await practiceOf(tx)
  if (isRefusal(practice)) return practice
  const early = stillToCome(encounter, todayAt(practice, ctx))
  if (early) return early
  const released = await amendRelease(ctx, encounter, signing, input.diagnosisCodes)
  if (isRefusal(released)) return released
  if (!input.confirmed && (await confirmsBeforeSigning(tx, principal.userId))) return confirmationRequired()
  const parties = await partiesOf(ctx, encounter)
  if (isRefusal(parties)) return parties
  const { signerName, ...named } = parties
  const signedAt = ctx.now.toString({ smallestUnit: 'millisecond' })
  const signature = { role: signing.role, signerName, signedAt }
  const bytes = await encounterPdf(
    documentOf(encounter, { practice, ...named }, [...earlier, signature], signing),
  )
  const documentSha256 = createHash('sha256').update(bytes).digest('hex')
  await keepSignature(ctx, encounter, { ...signature, position: earlier.length + 1, bytes, documentSha256 })
  if (input.dontShowAgain) await keepPreference(ctx, { confirmBeforeSigning: false })
  const version = await settle(ctx, encounter, signing, released)
  const { contentVersion } = encounter
  ctx.record(EncounterSigned, {
    subject: id,
    version,
    data: {
      ...identity(encounter),
      signedBy: principal.userId,
      signerRole: signing.role,
      status: signing.status,
      signedAt,
      contentVersion,
      documentSha256,
    },
  })
  ctx.audit('encounter', id, `sign as ${signing.role}`)
  return {
    encounterId: id,
    encounterNumber: encounter.number,
    ...signing,
    signerName,
    signedAt,
    contentVersion,
    documentSha256,
    codingSent: released !== undefined,
    version,
  }
}

/** The encounter with its signature; and, where the signed note amends what billing has, what billing is told (E-11). */
async function settle(
  ctx: CommandContext,
  encounter: EncounterRow,
  { status }: Signing,
  released: ReleasedCoding | undefined,
): Promise<number> {
  const { id, contentVersion } = encounter
  const amended = released ? sql`, released = ${json(released)}, released_version = ${contentVersion}` : sql``
  const { version } = await ctx.tx.one<{ version: number }>(
    sql`update encounter set status = ${status}, version = version + 1${amended} where id = ${id} returning version`,
  )
  if (released) {
    const data = { ...identity(encounter), ...released, contentVersion }
    ctx.record(EncounterReleased, { subject: id, version, data })
    ctx.audit('encounter', id, 'amend release')
  }
  return version
}

function confirmationRequired() {
  return refuse('confirmation_required', {
    field: 'confirmed',
    detail: 'Once signed, the encounter can no longer be edited; only its PDF can be seen.',
    next: 'Ask the user, then send confirmed: true; with dontShowAgain: true they are not asked again.',
  })
}

function signaturesOf(tx: Tx, { id, contentVersion }: EncounterRow): Promise<Signature[]> {
  return tx.many<Signature>(sql`
    select role, signer_name, signed_at from encounter_signature
     where encounter_id = ${id} and content_version = ${contentVersion} order by position`)
}

/** Those whose names the document shows. Facts about them may still be on their way. */
async function partiesOf({ tx, principal }: CommandContext, { patientId, practitionerId }: EncounterRow) {
  const patient = await tx.maybe<EncounterDocument['patient']>(
    sql`select name, birth_date from patient_replica where id = ${patientId}`,
  )
  const practitioners = await tx.many<{
    id: string
    userId: string | null
    name: string
    credentials: string | null
  }>(
    sql`select id, user_id, name, credentials from practitioner_replica
         where id = ${practitionerId} or user_id = ${principal.userId} order by id`,
  )
  const practitioner = practitioners.find((one) => one.id === practitionerId)
  if (!patient || !practitioner)
    return refuse('names_unknown', {
      detail: `The ${patient ? 'practitioner' : 'patient'}'s name, which the document shows, has not come to the EHR yet.`,
      next: 'Ask again in a moment with a new Idempotency-Key.',
    })
  const signer = practitioners.find((one) => one.userId === principal.userId)
  return {
    patient,
    practitionerName: withCredentials(practitioner),
    signerName: signer ? withCredentials(signer) : principal.name,
  }
}

function withCredentials({ name, credentials }: { name: string; credentials: string | null }): string {
  return credentials ? `${name}, ${credentials}` : name
}

function documentOf(
  encounter: EncounterRow,
  shown: Pick<EncounterDocument, 'practice' | 'patient' | 'practitionerName'>,
  signatures: readonly Signature[],
  { openRoles }: Signing,
): EncounterDocument {
  return {
    ...shown,
    encounterNumber: encounter.number,
    contentVersion: encounter.contentVersion,
    templateName: encounter.templateName,
    serviceDate: encounter.serviceDate,
    forVisit: encounter.appointmentId !== null,
    plugins: encounter.plugins as readonly Plugin[],
    content: encounter.content,
    signatures,
    openRoles,
    madeAt: signatures.at(-1)!.signedAt,
  }
}

async function keepSignature(
  { tx, principal, newId }: CommandContext,
  { id, contentVersion }: EncounterRow,
  made: Signature & { readonly position: number; readonly bytes: Buffer; readonly documentSha256: string },
): Promise<void> {
  const documentId = newId()
  await tx.run(sql`
    insert into encounter_document (practice_id, id, encounter_id, bytes, made_at)
    values (${principal.practiceId}, ${documentId}, ${id}, ${made.bytes}, ${made.signedAt})`)
  await tx.run(sql`
    insert into encounter_signature (practice_id, encounter_id, content_version, role, position, user_id, signer_name,
                                     signed_at, document_id, document_sha256)
    values (${principal.practiceId}, ${id}, ${contentVersion}, ${made.role}, ${made.position}, ${principal.userId},
            ${made.signerName}, ${made.signedAt}, ${documentId}, ${made.documentSha256})`)
}
