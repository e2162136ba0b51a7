import { query, type Route } from '@praxisbus/runtime'
import { arAging, arAgingCsv } from '../queries/ar-aging.ts'
import { paymentsCsv, paymentsReport } from '../queries/payments-report.ts'
import { receiptsCsv, receiptsReport } from '../queries/receipts-report.ts'
import { tieOut, tieOutCsv } from '../queries/tie-out.ts'
import { unpaidSessions, unpaidSessionsCsv } from '../queries/unpaid-sessions.ts'
import * as input from './report-inputs.ts'
import * as output from './report-outputs.ts'

const permission = 'billing.read'

/** What was received, applied and is owed, each also as a file for a spreadsheet. */
export const reports: Route[] = [
  query({
    endpoint: 'GET /v1/reports/receipts',
    permission,
    summary: 'Receipts Management: receipts by filter with totals over all of them (B-12)',
    query: input.receiptsFilter,
    output: output.receiptsReport,
    run: receiptsReport,
    refusals: { unknown_period: 422 },
  }),
  query({
    endpoint: 'GET /v1/reports/receipts.csv',
    permission,
    summary: 'All receipts that a filter lets through, as CSV (B-12)',
    query: input.receiptsFile,
    output: 'binary',
    run: receiptsCsv,
    refusals: { unknown_period: 422, too_many_rows: 422 },
  }),
  query({
    endpoint: 'GET /v1/reports/tie-out',
    permission,
    summary: 'Receipts against payments by batch date, and each difference with its reason (B-12)',
    query: input.rangeFilter,
    output: output.tieOut,
    run: tieOut,
    refusals: {},
  }),
  query({
    endpoint: 'GET /v1/reports/tie-out.csv',
    permission,
    summary: 'The reasons for the difference of receipts and payments, line by line, as CSV (B-12)',
    query: input.rangeFile,
    output: 'binary',
    run: tieOutCsv,
    refusals: { too_many_rows: 422 },
  }),
  query({
    endpoint: 'GET /v1/reports/payments',
    permission,
    summary: 'Payments by the date of the batch they were posted in (B-12)',
    query: input.paymentsFilter,
    output: output.paymentsReport,
    run: paymentsReport,
    refusals: {},
  }),
  query({
    endpoint: 'GET /v1/reports/payments.csv',
    permission,
    summary: 'Payments by batch date as CSV (B-12)',
    query: input.paymentsFile,
    output: 'binary',
    run: paymentsCsv,
    refusals: { too_many_rows: 422 },
  }),
  query({
    endpoint: 'GET /v1/reports/ar-aging',
    permission,
    summary: 'A/R by patient and payer with its age, as of a day (B-20)',
    query: input.agingFilter,
    output: output.arAging,
    run: arAging,
    refusals: {},
  }),
  query({
    endpoint: 'GET /v1/reports/ar-aging.csv',
    permission,
    summary: 'A/R by patient and payer with its age as CSV (B-20)',
    query: input.agingFile,
    output: 'binary',
    run: arAgingCsv,
    refusals: { too_many_rows: 422 },
  }),
  query({
    endpoint: 'GET /v1/reports/unpaid-sessions',
    permission,
    summary: 'Completed sessions on which something is owed, oldest first (B-20)',
    query: input.unpaidFilter,
    output: output.unpaidSessions,
    run: unpaidSessions,
    refusals: {},
  }),
  query({
    endpoint: 'GET /v1/reports/unpaid-sessions.csv',
    permission,
    summary: 'Completed sessions on which something is owed, as CSV (B-20)',
    query: input.unpaidFile,
    output: 'binary',
    run: unpaidSessionsCsv,
    refusals: { too_many_rows: 422 },
  }),
]
