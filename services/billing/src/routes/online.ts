import { fields } from '@praxisbus/contracts'
import { command, query, type Route, type SentRequest, webhook } from '@praxisbus/runtime'
import { z } from 'zod'
import type { PartnerSettings, PaymentPartner } from '../adapters/stripe.ts'
import { readEvent } from '../adapters/stripe-events.ts'
import { connectPaymentPartner, disconnectPaymentPartner } from '../commands/connect-payment-partner.ts'
import { giveUpPaymentRequest } from '../commands/give-up-payment-request.ts'
import { hearPartner, whoseRequest } from '../commands/hear-partner.ts'
import { requestPayment } from '../commands/request-payment.ts'
import { settlePaymentNotice } from '../commands/settle-payment-notice.ts'
import { getPaymentPartner } from '../queries/get-payment-partner.ts'
import { listPaymentNotices } from '../queries/list-payment-notices.ts'
import { listPaymentRequests } from '../queries/list-payment-requests.ts'
import * as input from './inputs.ts'
import * as output from './online-outputs.ts'

export interface OnlineSettings {
  readonly mailFrom: string
  /** Without them nothing is offered online, and the rest works. */
  readonly partner?: PaymentPartner
  readonly partnerSettings?: PartnerSettings
}

const accountBody = z.strictObject({
  accountId: z.string().regex(/^acct_[0-9A-Za-z]{1,60}$/, 'the id of a connected account at Stripe, acct_…'),
})
const requestBody = z.strictObject({ billingEncounterId: fields.id })
const requestFilter = z.strictObject({
  state: output.requestState.optional(),
  patientId: fields.id.optional(),
  billingEncounterId: fields.id.optional(),
  after: fields.id.optional(),
})
const noticeFilter = z.strictObject({
  settled: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional(),
  after: fields.id.optional(),
})

/** B-02: payments online. */
export const online = ({ mailFrom, partner, partnerSettings }: OnlineSettings): Route[] => [
  command({
    endpoint: 'PUT /v1/payment-partner',
    permission: 'payment-partner.manage',
    summary: 'Connect the practice to its account at the payment partner (B-02)',
    body: accountBody,
    output: output.partner,
    ifMatch: 'optional',
    run: connectPaymentPartner(partner),
    refusals: { not_set: 409, account_taken: 409, account_not_usable: 422, partner_unavailable: 503 },
  }),
  query({
    endpoint: 'GET /v1/payment-partner',
    permission: 'billing.read',
    summary: 'Whether payments online are offered, and to which account they go (B-02)',
    output: output.partner,
    run: getPaymentPartner(partner !== undefined),
    refusals: {},
  }),
  command({
    endpoint: 'DELETE /v1/payment-partner',
    permission: 'payment-partner.manage',
    summary: 'Disconnect: no new links; those that are out stay payable (B-02)',
    output: output.partner,
    run: disconnectPaymentPartner,
    refusals: { not_connected: 409 },
  }),
  query({
    endpoint: 'GET /v1/payment-requests',
    permission: 'billing.read',
    summary: 'Payment links and what became of them (B-02)',
    query: requestFilter,
    output: output.requestList,
    run: listPaymentRequests(partner !== undefined),
    refusals: {},
  }),
  command({
    endpoint: 'POST /v1/payment-requests',
    permission: 'billing.post',
    summary: 'Ask for the payment of a bill online, with a new invoice (B-02)',
    body: requestBody,
    output: output.request,
    status: 201,
    run: requestPayment(partner !== undefined),
    refusals: {
      not_found: 404,
      not_set: 409,
      not_connected: 409,
      no_visit: 422,
      nothing_owed: 422,
      already_asked: 409,
    },
  }),
  command({
    endpoint: 'POST /v1/payment-requests/:id/give-up',
    permission: 'billing.post',
    summary: 'Give up a request whose account the payment partner refuses access to (B-02)',
    params: input.byId,
    output: output.request,
    run: giveUpPaymentRequest(partner !== undefined),
    refusals: { not_found: 404, ended: 409, within_reach: 409 },
  }),
  query({
    endpoint: 'GET /v1/payment-notices',
    permission: 'billing.read',
    summary: 'Refunds, disputes and payments that do not fit, told by the payment partner (B-02)',
    query: noticeFilter,
    output: output.noticeList,
    run: listPaymentNotices,
    refusals: {},
  }),
  command({
    endpoint: 'POST /v1/payment-notices/:id/settle',
    permission: 'billing.post',
    summary: 'Say that a notice is dealt with (B-02)',
    params: input.byId,
    output: output.notice,
    run: settlePaymentNotice,
    refusals: { not_found: 404 },
  }),
  webhook({
    endpoint: 'POST /v1/webhooks/stripe',
    summary: 'What Stripe tells of payments, refunds and disputes (B-02)',
    sender: 'stripe',
    signedIn: 'Stripe-Signature',
    output: output.received,
    verify: ({ body, header }: SentRequest) => readEvent(partnerSettings, body, header('stripe-signature')),
    find: whoseRequest,
    run: hearPartner(mailFrom),
    refusals: { not_set: 503, not_signed: 401, unreadable: 400 },
  }),
]
