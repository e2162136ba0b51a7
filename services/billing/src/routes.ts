import { command, query, type Route } from '@praxisbus/runtime'
import { cancelBillingEncounter } from './commands/cancel-billing-encounter.ts'
import { reverseBillingEncounter } from './commands/reverse-billing-encounter.ts'
import { putLines } from './commands/review-lines.ts'
import { settleRelease } from './commands/settle-release.ts'
import { signBillingEncounter } from './commands/sign-billing-encounter.ts'
import { getBillingEncounter } from './queries/get-billing-encounter.ts'
import { getVisit } from './queries/get-visit.ts'
import { listBillingEncounters } from './queries/list-billing-encounters.ts'
import { books } from './routes/books.ts'
import { catalogue } from './routes/catalogue.ts'
import { collections } from './routes/collections.ts'
import { documents } from './routes/documents.ts'
import * as input from './routes/inputs.ts'
import { insurance } from './routes/insurance.ts'
import { type OnlineSettings, online } from './routes/online.ts'
import * as output from './routes/outputs.ts'
import { visit } from './routes/outputs-history.ts'
import { proofs } from './routes/proofs.ts'
import { receipts } from './routes/receipts.ts'
import { reports } from './routes/reports.ts'

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
    ...insurance,
    ...collections,
    ...books,
    ...proofs,
    ...reports,
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
  query({
    endpoint: 'GET /v1/visits/:id',
    permission: 'billing.read',
    summary: 'What billing holds for an appointment: its bill, and money that waits for it (B-10)',
    params: input.byId,
    output: visit,
    run: getVisit,
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
    refusals: { not_found: 404, cancelled: 409, in_collections: 409, payment_applied: 409, adjusted: 409 },
  }),
  command({
    endpoint: 'POST /v1/billing-encounters/:id/reverse',
    permission: 'billing.post',
    summary: 'Take a posted bill back: its lines are open again (B-05, B-13)',
    params: input.byId,
    body: input.reversalBody,
    output: output.encounter,
    ifMatch: 'optional',
    run: reverseBillingEncounter,
    refusals: {
      not_found: 404,
      cancelled: 409,
      not_posted: 409,
      in_collections: 409,
      adjusted: 409,
      payment_applied: 409,
      may_not_return: 403,
      later_postings: 409,
      unknown_batch: 422,
      period_closed: 409,
    },
  }),
  command({
    endpoint: 'POST /v1/encounter-releases/:id/settle',
    permission: 'billing.post',
    summary: 'Decide about what an amended or another note of the visit says differently (B-06)',
    params: input.byId,
    body: input.settleBody,
    output: output.encounter,
    run: settleRelease,
    refusals: { not_found: 404, settled: 409, other_patient: 422 },
  }),
]
