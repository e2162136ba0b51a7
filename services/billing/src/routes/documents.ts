import { command, query, type Route } from '@praxisbus/runtime'
import { issueReceiptDocument } from '../commands/issue-receipt-document.ts'
import { issueStatement } from '../commands/issue-statement.ts'
import { issueStatements } from '../commands/issue-statements.ts'
import { issueSuperbill } from '../commands/issue-superbill.ts'
import { sendDocument } from '../commands/send-document.ts'
import { getDocument, getDocumentPdf, listDocuments } from '../queries/get-document.ts'
import * as output from './document-outputs.ts'
import * as input from './inputs.ts'

interface MailSettings {
  readonly mailFrom: string
  readonly mailServer: boolean
}

/** B-03, B-20: invoices, receipts, statements, superbills. */
export const documents = (mail: MailSettings): Route[] => [
  query({
    endpoint: 'GET /v1/documents',
    permission: 'billing.read',
    summary: 'A patient’s documents, newest first (B-03, B-20)',
    query: input.documentFilter,
    output: output.documentList,
    run: (ctx, filter) => listDocuments(ctx, { ...filter, ...mail }),
    refusals: {},
  }),
  query({
    endpoint: 'GET /v1/documents/:id',
    permission: 'billing.read',
    summary: 'A document and the state of its delivery (B-03)',
    params: input.byId,
    output: output.document,
    run: (ctx, { id }) => getDocument(ctx, { id, ...mail }),
    refusals: { not_found: 404 },
  }),
  query({
    endpoint: 'GET /v1/documents/:id/pdf',
    permission: 'billing.read',
    summary: 'The document as PDF (B-20)',
    params: input.byId,
    output: 'binary',
    run: getDocumentPdf,
    refusals: { not_found: 404, not_yet: 409 },
  }),
  command({
    endpoint: 'POST /v1/documents/:id/send',
    permission: 'billing.post',
    summary: 'Send a reviewed invoice, or a document again (B-03)',
    params: input.byId,
    body: input.sendBody,
    output: output.document,
    run: (ctx, asked) => sendDocument(ctx, { ...asked, ...mail }),
    refusals: { not_found: 404, void: 409, no_address: 422, already_queued: 409 },
  }),
  command({
    endpoint: 'POST /v1/receipts/:id/document',
    permission: 'receipt.write',
    summary: 'The receipt document of a patient’s money, emailed where an address is given (B-03)',
    params: input.byId,
    body: input.sendBody,
    output: output.document,
    status: 201,
    run: (ctx, asked) => issueReceiptDocument(ctx, { ...asked, ...mail }),
    refusals: { not_found: 404, receipt_deleted: 409, not_a_patients: 422, already_issued: 409 },
  }),
  command({
    endpoint: 'POST /v1/patients/:id/statements',
    permission: 'billing.post',
    summary: 'A statement of all open charges of a patient (B-20)',
    params: input.byId,
    output: output.document,
    status: 201,
    run: (ctx, { id }) => issueStatement(ctx, { id, ...mail }),
    refusals: { not_found: 404 },
  }),
  command({
    endpoint: 'POST /v1/statements',
    permission: 'billing.post',
    summary: 'Statements for all patients who owe that much and have none of today (B-20)',
    body: input.statementsBody,
    output: output.statementRun,
    status: 201,
    run: (ctx, asked) => issueStatements(ctx, { ...asked, ...mail }),
    refusals: {},
  }),
  command({
    endpoint: 'POST /v1/billing-encounters/:id/superbill',
    permission: 'billing.post',
    summary: 'The superbill of a visit (B-20)',
    params: input.byId,
    output: output.document,
    status: 201,
    run: (ctx, { id }) => issueSuperbill(ctx, { id, ...mail }),
    refusals: {
      not_found: 404,
      cancelled: 409,
      not_eligible: 409,
      no_diagnosis: 409,
      no_rendering_provider: 409,
    },
  }),
]
