import { ROLES } from '@praxisbus/contracts'
import { newId, sql } from '@praxisbus/runtime'
import { type Api, type StripeServer, startStripe } from '@praxisbus/testing'
import type { z } from 'zod'
import { openStripe, type PaymentPartner, REQUEST_KEY } from './adapters/stripe.ts'
import { findDue, watchOwed } from './online/collect.ts'
import { takeStep } from './online/steps.ts'
import type { request } from './routes/online-outputs.ts'
import { MAIL_FROM, type Session, type Visit } from './test-kit.ts'
import { type MailDesk, openMailDesk } from './test-mail.ts'

export type Request = z.output<typeof request>

/** A desk with a mail server and a payment partner beside it; the worker takes a turn when the test says so. */
export interface OnlineDesk extends Omit<MailDesk, 'turn' | 'comeDue'> {
  readonly stripe: StripeServer
  readonly partner: PaymentPartner
  readonly owner: Api
  readonly accountId: string
  /** Completes a session that is paid online, of a patient with an address unless said otherwise. */
  onlineVisit(session?: Partial<Session>, email?: string | null): Promise<Visit>
  /** The visit's requests for payment, newest first. */
  requests(visit: Visit): Promise<Request[]>
  request(visit: Visit): Promise<Request>
  /** One turn of the worker: everything that is due. */
  turn(partner?: PaymentPartner): Promise<void>
  /** The worker's look at the balances, and what follows from it. */
  watch(): Promise<void>
  /** What waits for later of this visit waits no longer. */
  comesUp(visit: Visit): Promise<unknown>
  /** The link that Stripe made last. */
  newestLink(): string
  /** All links that Stripe made for the visit's requests. */
  linksOf(visit: Visit): Promise<string[]>
  /** Somebody pays by the newest link; Stripe tells `times` times. The answers. */
  pays(times?: number): Promise<Response[]>
  /** One turn of the sender of emails for this document. */
  sends(documentId: string): Promise<void>
  hear(event: object, signed?: { secret?: string; atSeconds?: number }): Promise<Response>
}

/** Short, so that a question whose answer never comes does not hold up a test. */
const TIMEOUT_MS = 300

export async function openOnlineDesk(): Promise<OnlineDesk> {
  const stripe = await startStripe()
  const partnerSettings = { url: stripe.url, apiKey: stripe.apiKey, webhookSecret: stripe.webhookSecret }
  const partner = openStripe(partnerSettings, TIMEOUT_MS)
  const desk = await openMailDesk({ partner, partnerSettings })
  const { practiceId, database, relay, biller } = desk
  const owner = await desk.as({ permissions: [...ROLES.owner!], userId: 'owner' })
  const accountId = `acct_${newId().replaceAll('-', '')}`
  const account = stripe.connect(accountId)
  const connected = await owner.put('/v1/payment-partner', { accountId })
  if (connected.status !== 200) throw new Error(`not connected: ${JSON.stringify(connected.body)}`)
  const parts = { database, partner, mailFrom: MAIL_FROM, onFacts: () => undefined }
  const hear: OnlineDesk['hear'] = (event, signed) =>
    stripe.deliver(`${desk.url}/v1/webhooks/stripe`, event, signed)

  const requests: OnlineDesk['requests'] = async ({ patientId }) =>
    (await biller.get(`/v1/payment-requests?patientId=${patientId}`)).body.paymentRequests
  const linksOf: OnlineDesk['linksOf'] = async (visit) => {
    const ids = (await requests(visit)).map(({ paymentRequestId }) => paymentRequestId)
    return account.links.filter(({ metadata }) => ids.includes(metadata[REQUEST_KEY]!)).map(({ id }) => id)
  }
  const turn = async (other = partner) => {
    for (const due of await findDue(relay)) await takeStep({ ...parts, partner: other }, due)
  }
  const newestLink = () => account.links[0]!.id
  return {
    ...desk,
    stripe,
    partner,
    owner,
    accountId,
    onlineVisit: async (session, email = 'ada@patients.test') => {
      const visit = desk.visit()
      await desk.register(visit.patientId, { email })
      await desk.complete(visit, { paymentType: 'online', ...session })
      return visit
    },
    requests,
    request: async (visit) => (await requests(visit))[0]!,
    turn,
    watch: async () => {
      await watchOwed(parts, relay)
      await turn()
      await turn()
    },
    comesUp: ({ patientId }) =>
      database.write(practiceId, (tx) =>
        tx.run(sql`
          update payment_request set next_look_at = now() where patient_id = ${patientId} and next_look_at is not null`),
      ),
    newestLink,
    linksOf,
    pays: async (times = 1) => {
      const event = stripe.pay(accountId, newestLink())
      return Promise.all(Array.from({ length: times }, () => hear(event)))
    },
    sends: (documentId) => desk.turn(documentId),
    hear,
    close: async () => {
      await desk.close()
      await stripe.stop()
    },
  }
}
