import { fields } from '@praxisbus/contracts'
import { isRefusal, rpcMethod } from '@praxisbus/runtime'
import { z } from 'zod'
import { EXPLAINED, type Explained, explainBalance } from './queries/explain-balance.ts'
import { type LedgerEntry, PROOF_FIGURES, type ProofFigure, proofEntries } from './queries/proof-entries.ts'
import { proveBatch } from './queries/prove-batch.ts'
import { recordedThrough } from './routes/proof-inputs.ts'

/** A text that was not sent arrives as ''. */
const optional = <Schema extends z.ZodType>(schema: Schema) =>
  z.union([z.literal('').transform(() => undefined), schema])
const dates = {
  effectiveThrough: optional(fields.enteredDate),
  recordedThrough: optional(recordedThrough),
}
const afterEntry = z.int().min(0)

/** Typed as the text that it is in the request, and checked all the same. */
const oneOf = (names: readonly string[]) =>
  z.string().refine((name) => names.includes(name), `one of ${names.join(', ')}`)

type Stated<Row> = {
  [Name in keyof Row]: Exclude<Row[Name], null> | (null extends Row[Name] ? string : never)
}

/** In an answer over gRPC each field is stated: a text that is unknown is ''. */
function stated<Row extends object>(row: Row): Stated<Row> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, value ?? '']),
  ) as unknown as Stated<Row>
}

const entryOf = ({ entryId, amountCents, ...rest }: LedgerEntry) => {
  const { journalId, journalKind, batchId, effectiveDate, recordedAt, recordedBy, correctsJournalId } = rest
  const { accountId, accountKind, receiptId, chargeId, payerId, code, system } = rest
  const journal = {
    journalId,
    journalKind,
    batchId,
    effectiveDate,
    recordedAt,
    recordedBy,
    correctsJournalId,
  }
  const account = { accountId, accountKind, receiptId, chargeId, payerId, code, system }
  return { entryId, amountCents, ...stated({ ...journal, ...account }) }
}

/** Proofs over gRPC (B-19). */
export const proofMethods = {
  ProveBatch: rpcMethod({
    permission: 'billing.read',
    input: z.object({ batchId: fields.id, ...dates, after: optional(fields.id) }),
    run: async (ctx, { batchId, ...asked }) => {
      const proof = await proveBatch(ctx, { id: batchId, ...asked })
      if (isRefusal(proof)) return proof
      return {
        ...stated(proof),
        faults: [...proof.faults],
        receipts: [...proof.receipts],
        moved: [...proof.moved],
      }
    },
    refusals: { not_found: 'NOT_FOUND' },
  }),
  ListProofEntries: rpcMethod({
    permission: 'billing.read',
    input: z.object({
      batchId: fields.id,
      ...dates,
      figure: oneOf(PROOF_FIGURES),
      receiptId: optional(fields.id),
      after: afterEntry,
    }),
    run: async (ctx, { batchId, ...asked }) => {
      const figure = asked.figure as ProofFigure
      const found = await proofEntries(ctx, { id: batchId, ...asked, figure })
      if (isRefusal(found)) return found
      const entries = found.entries.map(({ countsCents, ...entry }) => ({
        entry: entryOf(entry),
        countsCents,
      }))
      const { effectiveThrough, recordedThrough } = found
      return { ...stated({ effectiveThrough, recordedThrough }), entries, next: found.next ?? 0 }
    },
    refusals: { not_found: 'NOT_FOUND' },
  }),
  ExplainBalance: rpcMethod({
    permission: 'billing.read',
    input: z.object({
      of: oneOf(EXPLAINED),
      id: fields.id,
      ...dates,
      after: afterEntry,
    }),
    run: async (ctx, asked) => {
      const found = await explainBalance(ctx, { ...asked, of: asked.of as Explained })
      if (isRefusal(found)) return found
      const { of, id, effectiveThrough, recordedThrough, accounts, entries, receipts, charges } = found
      return {
        ...stated({ of, id, effectiveThrough, recordedThrough }),
        accounts: accounts.map(stated),
        entries: entries.map(
          ({ against, correctedBy, batchName, paymentId, disbursementId, refundId, ...entry }) => ({
            entry: entryOf(entry),
            ...stated({ batchName, paymentId, disbursementId, refundId }),
            correctedByJournalId: correctedBy?.journalId ?? '',
            against: against.map(stated),
          }),
        ),
        next: found.next ?? 0,
        receipts: receipts.map(stated),
        charges: charges.map(({ modifiers, encounterNumber, noteVersion, ...charge }) => ({
          ...stated(charge),
          modifiers: [...modifiers],
          encounterNumber: encounterNumber ?? 0,
          noteVersion: noteVersion ?? 0,
        })),
      }
    },
    refusals: { not_found: 'NOT_FOUND' },
  }),
}
