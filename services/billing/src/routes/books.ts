import { command, query, type Route } from '@praxisbus/runtime'
import { closePeriod } from '../commands/close-period.ts'
import { openBatch } from '../commands/open-batch.ts'
import { reopenPeriod } from '../commands/reopen-period.ts'
import { ledgerSummary } from '../queries/ledger-summary.ts'
import { listBatches } from '../queries/list-batches.ts'
import { listPeriods } from '../queries/list-periods.ts'
import * as input from './inputs.ts'
import * as output from './outputs.ts'

/** The books: reference batches, reporting periods, totals. */
export const books: Route[] = [
  command({
    endpoint: 'POST /v1/reference-batches',
    permission: 'billing.post',
    summary: 'Open a reference batch; reports go by its date (B-09)',
    body: input.batchBody,
    output: output.batch,
    status: 201,
    run: openBatch,
    refusals: { period_closed: 409 },
  }),
  query({
    endpoint: 'GET /v1/reference-batches',
    permission: 'billing.read',
    summary: 'Reference batches by date, newest first (B-09)',
    query: input.batchFilter,
    output: output.batchList,
    run: listBatches,
    refusals: {},
  }),
  command({
    endpoint: 'POST /v1/reporting-periods',
    permission: 'period.close',
    summary: 'Close the books through a day, and seal the period (B-09, B-19)',
    body: input.closeBody,
    output: output.period,
    status: 201,
    run: closePeriod,
    refusals: { period_closed: 409, period_not_over: 422 },
  }),
  command({
    endpoint: 'POST /v1/reporting-periods/:id/reopen',
    permission: 'period.close',
    summary: 'Open the last closed period again, for a reason (B-09)',
    params: input.byId,
    body: input.reasonBody,
    output: output.period,
    run: reopenPeriod,
    refusals: { not_found: 404, reopened: 409, not_the_last: 409 },
  }),
  query({
    endpoint: 'GET /v1/reporting-periods',
    permission: 'billing.read',
    summary: 'Closed periods with their seals, newest first (B-09)',
    output: output.periodList,
    run: listPeriods,
    refusals: {},
  }),
  query({
    endpoint: 'GET /v1/ledger/summary',
    permission: 'billing.read',
    summary: 'Totals of the practice, recomputed from entries (B-10)',
    output: output.summary,
    run: ledgerSummary,
    refusals: {},
  }),
]
