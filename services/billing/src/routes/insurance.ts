import { command, query, type Route } from '@praxisbus/runtime'
import { adjustCharge, undoAdjustment } from '../commands/adjust-charge.ts'
import { postInsurancePayment } from '../commands/post-insurance.ts'
import { saveCoverages } from '../commands/save-coverages.ts'
import { saveWriteOffCode } from '../commands/save-write-off-code.ts'
import { transferBalance } from '../commands/transfer-balance.ts'
import { getCoverages } from '../queries/get-coverages.ts'
import { listAdjustmentCodes } from '../queries/list-adjustment-codes.ts'
import { listOpenCharges } from '../queries/list-open-charges.ts'
import { byId, undoBody } from './inputs.ts'
import * as input from './insurance-inputs.ts'
import * as output from './insurance-outputs.ts'

const INTO_BATCH = { unknown_batch: 422, period_closed: 409 } as const

/** Coverages, what insurers decide, and who owes what of a charge. */
export const insurance: Route[] = [
  query({
    endpoint: 'GET /v1/patients/:id/coverages',
    permission: 'billing.read',
    summary: 'A patient’s coverages in the order in which they are billed (B-01)',
    params: byId,
    output: output.coverages,
    run: getCoverages,
    refusals: { not_found: 404 },
  }),
  command({
    endpoint: 'PUT /v1/patients/:id/coverages',
    permission: 'coverage.write',
    summary: 'Replace a patient’s coverages as a whole (B-01)',
    params: byId,
    body: input.coveragesBody,
    output: output.coverages,
    ifMatch: 'required',
    run: saveCoverages,
    refusals: {
      not_found: 404,
      payer_unknown: 422,
      plan_of_another_payer: 422,
      unknown_coverage: 422,
      ends_before_start: 422,
    },
  }),
  query({
    endpoint: 'GET /v1/receipts/:id/open-charges',
    permission: 'billing.read',
    summary: 'What one check of an insurer may be posted on (B-15)',
    params: byId,
    query: input.openChargeFilter,
    output: output.openCharges,
    run: listOpenCharges,
    refusals: { not_found: 404, not_insurance: 422 },
  }),
  command({
    endpoint: 'POST /v1/receipts/:id/insurance-payments',
    permission: 'billing.post',
    summary: 'Post lines of an insurer’s check: paid, allowed, adjustments, who owes the rest (B-15)',
    params: byId,
    body: input.remittanceBody,
    output: output.insurancePayment,
    status: 201,
    ifMatch: 'optional',
    run: postInsurancePayment,
    refusals: {
      not_found: 404,
      not_insurance: 422,
      receipt_deleted: 409,
      unknown_charge: 422,
      charge_reversed: 409,
      charge_named_twice: 422,
      stale_line: 409,
      unknown_reason: 422,
      not_covered: 422,
      over_take_back: 422,
      over_charge: 422,
      over_balance: 422,
      over_escrow: 422,
      ...INTO_BATCH,
    },
  }),
  command({
    endpoint: 'POST /v1/charges/transfer',
    permission: 'billing.post',
    summary: 'Move what is owed of a patient’s charges to another payer or to the patient (B-15)',
    body: input.transferBody,
    output: output.transfer,
    run: transferBalance,
    refusals: {
      same_payer: 422,
      unknown_charge: 422,
      charge_reversed: 409,
      charge_named_twice: 422,
      several_patients: 422,
      not_covered: 422,
      stale_line: 409,
      over_share: 422,
      ...INTO_BATCH,
    },
  }),
  command({
    endpoint: 'POST /v1/charges/:id/adjustments',
    permission: 'billing.post',
    summary: 'Write off what is owed of a charge, without a receipt (B-15)',
    params: byId,
    body: input.adjustmentBody,
    output: output.adjustedCharge,
    status: 201,
    run: adjustCharge,
    refusals: {
      not_found: 404,
      charge_reversed: 409,
      one_code: 422,
      unknown_reason: 422,
      unknown_code: 422,
      patient_responsibility: 422,
      several_owe: 422,
      over_share: 422,
      ...INTO_BATCH,
    },
  }),
  command({
    endpoint: 'POST /v1/adjustments/:id/undo',
    permission: 'billing.post',
    summary: 'Undo a write-off: it is owed again (B-15)',
    params: byId,
    body: undoBody,
    output: output.adjustedCharge,
    run: undoAdjustment,
    refusals: { not_found: 404, undone: 409, ...INTO_BATCH },
  }),
  query({
    endpoint: 'GET /v1/adjustment-codes',
    permission: 'billing.read',
    summary: 'Adjustment groups, claim adjustment reason codes, and own write-off codes (B-15)',
    output: output.adjustmentCodes,
    run: listAdjustmentCodes,
    refusals: {},
  }),
  command({
    endpoint: 'POST /v1/write-off-codes',
    permission: 'receipt.modify',
    summary: 'Add an own write-off code, change its description or take it out of use (B-15)',
    body: input.writeOffCodeBody,
    output: output.writeOffCode,
    run: saveWriteOffCode,
    refusals: {},
  }),
]
