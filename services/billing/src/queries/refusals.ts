import { type Refusal, refuse } from '@praxisbus/runtime'

function notFound(what: string, list: string): Refusal<'not_found'> {
  return refuse('not_found', { detail: `There is no ${what} of this id in the practice.`, next: list })
}

export const encounterNotFound = () =>
  notFound('billing encounter', 'List the billing encounters for their ids.')
export const receiptNotFound = () =>
  notFound('receipt', 'The id is in the answer to POST /v1/receipts and in receipt.recorded.')
export const agencyNotFound = () => notFound('collection agency', 'GET /v1/collection-agencies lists them.')
export const releaseNotFound = () =>
  notFound('release', 'Read the billing encounter for what waits for a decision.')
export const visitNotFound = () =>
  notFound('visit', 'Billing hears of an appointment with its first money, session or encounter.')
export const documentNotFound = () => notFound('document', 'List the documents of the patient for their ids.')
export const periodNotFound = () => notFound('closed period', 'List the reporting periods for their ids.')
export const batchNotFound = () => notFound('reference batch', 'List the reference batches for their ids.')
export const chargeNotFound = () => notFound('charge', 'A billing encounter lists the charges of its lines.')
export const accountNotFound = () =>
  notFound('account', 'The proof of a batch and the explanation of a receipt or charge list their accounts.')
