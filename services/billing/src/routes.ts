import { command, query, type Route } from '@praxisbus/runtime'
import { cancelBillingEncounter } from './commands/cancel-billing-encounter.ts'
import { putLines } from './commands/review-lines.ts'
import { signBillingEncounter } from './commands/sign-billing-encounter.ts'
import { getBillingEncounter } from './queries/get-billing-encounter.ts'
import { listBillingEncounters } from './queries/list-billing-encounters.ts'
import { books } from './routes/books.ts'
import { catalogue } from './routes/catalogue.ts'
import { documents } from './routes/documents.ts'
import * as input from './routes/inputs.ts'
import { type OnlineSettings, online } from './routes/online.ts'
import * as output from './routes/outputs.ts'
import { proofs } from './routes/proofs.ts'
import { receipts } from './routes/receipts.ts'

export interface RouteSettings extends OnlineSettings {
  readonly mailServer: boolean
}

/** HTTP -> command or query, refusal -> status. */
export function routes(settings: RouteSettings): Route[] {
  const { mailFrom, mailServer } = settings
  return [
    ...catalogue,
    ...encounters,
    ...receipts,
    ...books,
    ...proofs,
    ...documents({ mailFrom, mailServer }),
    ...online(settings),
  ]
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
    refusals: { not_found: 404, cancelled: 409, payment_applied: 409 },
  }),
]
