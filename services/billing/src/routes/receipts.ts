import { command, query, type Route } from '@praxisbus/runtime'
import { applyReceipt } from '../commands/apply-payment.ts'
import { deleteReceipt } from '../commands/delete-receipt.ts'
import { disburse } from '../commands/disburse.ts'
import { modifyReceipt } from '../commands/modify-receipt.ts'
import { recordDeskReceipt } from '../commands/record-receipt.ts'
import { refund } from '../commands/refund.ts'
import { removeAppliedPayment } from '../commands/remove-payment.ts'
import { saveDisbursementCode } from '../commands/save-disbursement-code.ts'
import { undoDisbursement } from '../commands/undo-disbursement.ts'
import { undoRefund } from '../commands/undo-refund.ts'
import { getReceipt } from '../queries/get-receipt.ts'
import { listDisbursementCodes } from '../queries/list-disbursement-codes.ts'
import * as input from './inputs.ts'
import * as output from './outputs.ts'

const INTO_BATCH = { unknown_batch: 422, period_closed: 409 } as const
const PAYER = {
  one_payer: 422,
  patient_unknown: 422,
  payer_unknown: 422,
  plan_of_another_payer: 422,
  agency_unknown: 422,
  visit_is_patients: 422,
  visit_of_another_patient: 422,
} as const
const SPENT = {
  receipt_deleted: 409,
  payment_applied: 409,
  disbursed: 409,
  refunded: 409,
  period_closed: 409,
} as const

/** Money received, and where it goes: receipts, payments, disbursements, refunds. */
export const receipts: Route[] = [
  command({
    endpoint: 'POST /v1/receipts',
    permission: 'receipt.write',
    summary:
      'Record money received from a patient, an insurer or a collection agency: it is in escrow until applied (B-07)',
    body: input.receiptBody,
    output: output.receipt,
    status: 201,
    run: recordDeskReceipt,
    refusals: { ...PAYER, ...INTO_BATCH },
  }),
  query({
    endpoint: 'GET /v1/receipts/:id',
    permission: 'billing.read',
    summary: 'A receipt and where its money is (B-10)',
    params: input.byId,
    output: output.receipt,
    run: getReceipt,
    refusals: { not_found: 404 },
  }),
  command({
    endpoint: 'PUT /v1/receipts/:id',
    permission: 'receipt.modify',
    summary: 'Correct a receipt whose money is all in escrow, in an open period (B-14)',
    params: input.byId,
    body: input.modifyBody,
    output: output.receipt,
    ifMatch: 'required',
    run: modifyReceipt,
    refusals: { not_found: 404, ...PAYER, ...SPENT, unknown_batch: 422 },
  }),
  command({
    endpoint: 'POST /v1/receipts/:id/delete',
    permission: 'receipt.modify',
    summary: 'Delete a receipt whose money is all in escrow, in an open period (B-14)',
    params: input.byId,
    body: input.reasonBody,
    output: output.receipt,
    ifMatch: 'optional',
    run: deleteReceipt,
    refusals: { not_found: 404, ...SPENT },
  }),
  command({
    endpoint: 'POST /v1/receipts/:id/payments',
    permission: 'billing.post',
    summary: 'Apply escrow money to charges (B-08)',
    params: input.byId,
    body: input.paymentBody,
    output: output.payment,
    status: 201,
    ifMatch: 'optional',
    run: applyReceipt,
    refusals: {
      not_found: 404,
      receipt_deleted: 409,
      unknown_charge: 422,
      charge_reversed: 409,
      charge_named_twice: 422,
      over_balance: 422,
      over_escrow: 422,
      not_with_agency: 422,
      fee_not_expected: 422,
      ...INTO_BATCH,
    },
  }),
  command({
    endpoint: 'POST /v1/payments/:id/remove',
    permission: 'billing.post',
    summary: 'Take a payment back into escrow (B-05)',
    params: input.byId,
    body: input.removalBody,
    output: output.payment,
    run: removeAppliedPayment,
    refusals: { not_found: 404, removed: 409, unknown_charge: 422, later_postings: 409, ...INTO_BATCH },
  }),
  command({
    endpoint: 'POST /v1/receipts/:id/disbursements',
    permission: 'billing.post',
    summary: 'Take money out of escrow without touching A/R (B-11)',
    params: input.byId,
    body: input.disbursementBody,
    output: output.receipt,
    status: 201,
    ifMatch: 'optional',
    run: disburse,
    refusals: {
      not_found: 404,
      receipt_deleted: 409,
      over_escrow: 422,
      unknown_code: 422,
      system_needed: 422,
      system_not_for_code: 422,
      ...INTO_BATCH,
    },
  }),
  command({
    endpoint: 'POST /v1/disbursements/:id/undo',
    permission: 'billing.post',
    summary: 'Put disbursed money back into escrow (B-11)',
    params: input.byId,
    body: input.undoBody,
    output: output.receipt,
    run: undoDisbursement,
    refusals: { not_found: 404, undone: 409, ...INTO_BATCH },
  }),
  query({
    endpoint: 'GET /v1/disbursement-codes',
    permission: 'billing.read',
    summary: 'Disbursement codes: O, E, CP, V and the practice’s own (B-11)',
    output: output.disbursementCodes,
    run: listDisbursementCodes,
    refusals: {},
  }),
  command({
    endpoint: 'POST /v1/disbursement-codes',
    permission: 'receipt.modify',
    summary: 'Add an own disbursement code, change its description or take it out of use (B-11)',
    body: input.disbursementCodeBody,
    output: output.disbursementCode,
    run: saveDisbursementCode,
    refusals: { delivered_code: 409 },
  }),
  command({
    endpoint: 'POST /v1/receipts/:id/refunds',
    permission: 'receipt.refund',
    summary: 'Give escrow money back to who paid it (B-13)',
    params: input.byId,
    body: input.refundBody,
    output: output.receipt,
    status: 201,
    ifMatch: 'optional',
    run: refund,
    refusals: { not_found: 404, receipt_deleted: 409, over_escrow: 422, ...INTO_BATCH },
  }),
  command({
    endpoint: 'POST /v1/refunds/:id/undo',
    permission: 'receipt.refund',
    summary: 'A refund never reached the payer: its money is escrow again (B-13)',
    params: input.byId,
    body: input.undoBody,
    output: output.receipt,
    run: undoRefund,
    refusals: { not_found: 404, undone: 409, ...INTO_BATCH },
  }),
]
