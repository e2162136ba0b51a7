import { query, type Route } from '@praxisbus/runtime'
import { explainBalance } from '../queries/explain-balance.ts'
import { periodChanges } from '../queries/period-changes.ts'
import { proofEntries } from '../queries/proof-entries.ts'
import { proveBatch } from '../queries/prove-batch.ts'
import { verifyPeriod } from '../queries/verify-period.ts'
import { byId } from './inputs.ts'
import * as input from './proof-inputs.ts'
import * as output from './proof-outputs.ts'

/** Proofs (B-19): that the money adds up, where a cent came from, that what was closed is as it was. */
export const proofs: Route[] = [
  query({
    endpoint: 'GET /v1/reference-batches/:id/proof',
    permission: 'billing.read',
    summary: 'Received = applied + escrow + disbursed + refunded, over the receipts of a batch (B-19)',
    params: byId,
    query: input.proofFilter,
    output: output.batchProof,
    run: proveBatch,
    refusals: { not_found: 404 },
  }),
  query({
    endpoint: 'GET /v1/reference-batches/:id/proof/entries',
    permission: 'billing.read',
    summary: 'The entries behind a figure of the proof (B-19)',
    params: byId,
    query: input.proofEntriesFilter,
    output: output.proofEntries,
    run: proofEntries,
    refusals: { not_found: 404 },
  }),
  query({
    endpoint: 'GET /v1/accounts/:id/explanation',
    permission: 'billing.read',
    summary: 'Where the balance of an account comes from (B-19)',
    params: byId,
    query: input.explanationFilter,
    output: output.explanation,
    run: (ctx, asked) => explainBalance(ctx, { ...asked, of: 'account' }),
    refusals: { not_found: 404 },
  }),
  query({
    endpoint: 'GET /v1/charges/:id/explanation',
    permission: 'billing.read',
    summary: 'Where what is owed on a charge comes from (B-19)',
    params: byId,
    query: input.explanationFilter,
    output: output.explanation,
    run: (ctx, asked) => explainBalance(ctx, { ...asked, of: 'charge' }),
    refusals: { not_found: 404 },
  }),
  query({
    endpoint: 'GET /v1/receipts/:id/explanation',
    permission: 'billing.read',
    summary: 'Where the money of a receipt came from and went (B-19)',
    params: byId,
    query: input.explanationFilter,
    output: output.explanation,
    run: (ctx, asked) => explainBalance(ctx, { ...asked, of: 'receipt' }),
    refusals: { not_found: 404 },
  }),
  query({
    endpoint: 'GET /v1/reporting-periods/:id/verify',
    permission: 'billing.read',
    summary: 'Recompute the seal of a period, and of those before it (B-19)',
    params: byId,
    output: output.verification,
    run: verifyPeriod,
    refusals: { not_found: 404 },
  }),
  query({
    endpoint: 'GET /v1/reporting-periods/:id/changes',
    permission: 'billing.read',
    summary: 'Why a period changed after it was closed (B-19)',
    params: byId,
    query: input.changesFilter,
    output: output.changes,
    run: periodChanges,
    refusals: { not_found: 404 },
  }),
]
