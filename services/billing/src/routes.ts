import { command, query, type Route } from '@praxisbus/runtime'
import { cancelBillingEncounter } from './commands/cancel-billing-encounter.ts'
import { putLines } from './commands/review-lines.ts'
import { sendDocument } from './commands/send-document.ts'
import { signBillingEncounter } from './commands/sign-billing-encounter.ts'
import { getBillingEncounter } from './queries/get-billing-encounter.ts'
import { getDocument, getDocumentPdf, listDocuments } from './queries/get-document.ts'
import { listBillingEncounters } from './queries/list-billing-encounters.ts'
import { books } from './routes/books.ts'
import { catalogue } from './routes/catalogue.ts'
import * as input from './routes/inputs.ts'
import { insurance } from './routes/insurance.ts'
import * as output from './routes/outputs.ts'
import { receipts } from './routes/receipts.ts'

export interface RouteSettings {
  readonly mailFrom: string
  readonly mailServer: boolean
}

/** HTTP -> command or query, refusal -> status. */
export function routes(mail: RouteSettings): Route[] {
  return [...catalogue, ...encounters, ...receipts, ...insurance, ...books, ...documents(mail)]
}

const encounters: Route[] = [
  query({
    endpoint: 'GET /v1/billing-encounters',
    permission: 'billing.read',
    summary: 'The biller’s worklist (B-06)',
    query: input.encounterFilter,
    output: output.encounterList,
    run: listBillingEncounters,
    refusals: {},
  }),
  query({
    endpoint: 'GET /v1/billing-encounters/:id',
    permission: 'billing.read',
    summary: 'One billing encounter with its lines (B-06)',
    params: input.byId,
    output: output.encounter,
    run: getBillingEncounter,
    refusals: { not_found: 404 },
  }),
  command({
    endpoint: 'PUT /v1/billing-encounters/:id/lines',
    permission: 'billing.post',
    summary: 'Review and price the lines that are not posted (B-06)',
    params: input.byId,
    body: input.linesBody,
    output: output.encounter,
    ifMatch: 'required',
    run: putLines,
    refusals: {
      not_found: 404,
      cancelled: 409,
      posted: 409,
      unknown_line: 422,
      line_posted: 422,
      over_discount: 422,
      unknown_diagnosis: 422,
    },
  }),
  command({
    endpoint: 'POST /v1/billing-encounters/:id/sign',
    permission: 'billing.post',
    summary: 'Sign: every open line posts as a charge (B-06)',
    params: input.byId,
    body: input.signBody,
    output: output.encounter,
    ifMatch: 'optional',
    run: signBillingEncounter,
    refusals: {
      not_found: 404,
      cancelled: 409,
      nothing_to_post: 409,
      no_price: 422,
      no_coverage: 422,
      unknown_batch: 422,
      period_closed: 409,
    },
  }),
  command({
    endpoint: 'POST /v1/billing-encounters/:id/cancel',
    permission: 'billing.post',
    summary: 'Cancel a bill without payments: its charges are reversed (B-05)',
    params: input.byId,
    output: output.encounter,
    run: cancelBillingEncounter,
    refusals: { not_found: 404, cancelled: 409, payment_applied: 409, adjusted: 409 },
  }),
]

const documents = (mail: RouteSettings): Route[] => [
  query({
    endpoint: 'GET /v1/documents',
    permission: 'billing.read',
    summary: 'A patient’s invoices and receipts (B-03)',
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
]
