import { PaymentRequestSent } from '@praxisbus/contracts'
import { type ActContext, act, type Database, sql } from '@praxisbus/runtime'
import type { LinkState, PaymentLink, PaymentPartner } from '../adapters/stripe.ts'
import { documentNumber } from '../domain/document.ts'
import {
  idempotencyKey,
  isPartnerFailure,
  judgeOwed,
  lookSeconds,
  type PaidByLink,
  type PartnerFailure,
} from '../domain/payment-request.ts'
import type { Posting } from '../postings/posting.ts'
import { keepFailure } from './failures.ts'
import { sendLink } from './letter.ts'
import { recordPaid } from './record-paid.ts'
import {
  changeRequest,
  closeRequest,
  connectedAccount,
  emailOf,
  endWithdrawn,
  later,
  lockRequest,
  owedOn,
  type RequestRow,
  replaceRequest,
  subjectOf,
} from './requests.ts'

export interface Collecting {
  readonly database: Database
  readonly partner: PaymentPartner
  readonly mailFrom: string
  readonly onFacts: () => void
}

export interface Due {
  readonly practiceId: string
  readonly id: string
}

/**
 * How long a request is left to whoever took it up: longer than all questions of one step with their time-outs. A process
 * that dies meanwhile leaves it as it wrote it down before it asked: `unknown`.
 */
const LEASE_SECONDS = 150
/** The scheduler's record of the patient is on its way. */
const PATIENT_WAIT_SECONDS = 5

type Claim =
  | {
      readonly step: 'make'
      readonly request: RequestRow
      readonly again: boolean
      readonly fits: boolean
      readonly label: string
    }
  | { readonly step: 'look' | 'close'; readonly request: RequestRow }

/** One step for one request: what it needs is written down before the partner is asked, and what came of it after. */
export async function takeStep(parts: Collecting, due: Due): Promise<void> {
  const acting = <T>(work: (posting: Posting, ctx: ActContext) => Promise<T>) =>
    act({ ...parts, actor: ACTOR }, due.practiceId, (ctx) => work({ ...ctx, actor: ACTOR }, ctx))
  const claim = await acting((posting) => claimRequest(posting, due.id))
  if (!claim) return
  const { step, request } = claim
  const answer = await ask(parts.partner, claim)
  await acting(async (posting, ctx) => {
    const now = await lockRequest(posting, due.id)
    // Somebody else took it up after the lease, or a webhook settled it: what they wrote stands.
    if (now?.attempts !== request.attempts || now.state !== request.state) return
    if (isPartnerFailure(answer)) await keepFailure(posting, now, step, answer)
    else if (answer === undefined) await endUnmade(posting, now)
    else if ('linkId' in answer) await keepLink(posting, now, answer, parts.mailFrom)
    else await keepLook(posting, now, answer, parts.mailFrom)
    ctx.audit('payment-request', due.id, `${step} link`)
  })
}

const ACTOR = 'service:billing'

async function claimRequest(posting: Posting, id: string): Promise<Claim | undefined> {
  const { tx, practiceId } = posting
  const request = await lockRequest(posting, id)
  if (!request) return undefined
  const due = await tx.maybe(sql`
    select from payment_request where practice_id = ${practiceId} and id = ${id} and next_look_at <= clock_timestamp()`)
  if (!due) return undefined
  if (request.state === 'creating' && !(await mayMake(posting, request))) return undefined
  const making = request.state === 'creating' || request.state === 'unknown'
  await changeRequest(
    posting,
    id,
    sql`attempts = attempts + 1, state = ${making ? 'unknown' : request.state}, ${later(LEASE_SECONDS)}`,
  )
  const claimed = { ...request, attempts: request.attempts + 1 }
  if (!making) return { step: request.state === 'open' ? 'look' : 'close', request: claimed }
  const { number } = await tx.one<{ number: number }>(sql`
    select number from document where practice_id = ${practiceId} and id = ${request.documentId}`)
  const owedCents = await owedOn(tx, practiceId, request.billingEncounterId)
  return {
    step: 'make',
    request: { ...claimed, state: 'unknown' },
    again: request.state === 'unknown',
    fits: judgeOwed(request.amountCents, owedCents) === 'fits',
    label: `Invoice ${documentNumber('invoice', number)}`,
  }
}

/** Nothing was asked of the partner yet, so whatever changed since is settled here, without it. */
async function mayMake(posting: Posting, request: RequestRow): Promise<boolean> {
  const { tx, practiceId } = posting
  const judged = judgeOwed(request.amountCents, await owedOn(tx, practiceId, request.billingEncounterId))
  if (judged !== 'fits') {
    await closeRequest(posting, request, 'cancelled', judged)
    if (judged === 'replaced') await replaceRequest(posting, request)
    return false
  }
  if ((await connectedAccount(tx, practiceId)) !== request.accountId) {
    await closeRequest(posting, request, 'failed', 'disconnected')
    return false
  }
  const { known } = await emailOf(posting, request.patientId)
  if (!known) await changeRequest(posting, request.id, later(PATIENT_WAIT_SECONDS))
  return known
}

/** undefined: there is no link, and none is wanted any more. */
async function ask(
  partner: PaymentPartner,
  claim: Claim,
): Promise<PaymentLink | LinkState | PartnerFailure | undefined> {
  const { accountId, linkId, id: requestId, amountCents, currency } = claim.request
  if (claim.step !== 'make') {
    if (claim.step === 'look') return partner.look(accountId, linkId!)
    return linkId ? withdraw(partner, accountId, linkId) : withdrawFound(partner, accountId, requestId)
  }
  if (claim.again) {
    const found = await partner.findLinks(accountId, requestId)
    if (isPartnerFailure(found)) return found
    const [link, ...others] = found
    for (const other of others) {
      const closed = await partner.withdraw(accountId, other.linkId)
      if (isPartnerFailure(closed)) return closed
    }
    if (link || !claim.fits) return link
  }
  const { label } = claim
  const key = idempotencyKey(claim.request)
  return partner.makeLink({ accountId, requestId, amountCents, currency, label, idempotencyKey: key })
}

/** What it refuses to withdraw may take money all the same: that is looked at. Refused again, it knows no such link. */
async function withdraw(
  partner: PaymentPartner,
  accountId: string,
  linkId: string,
): Promise<LinkState | PartnerFailure> {
  const closed = await partner.withdraw(accountId, linkId)
  if (!isPartnerFailure(closed) || closed.failed !== 'refused') return closed
  const state = await partner.look(accountId, linkId)
  if (isPartnerFailure(state)) return state
  return state.active ? { failed: 'later', message: closed.message } : state
}

/** Given up before anybody knew whether there is a link. */
async function withdrawFound(
  partner: PaymentPartner,
  accountId: string,
  requestId: string,
): Promise<LinkState | PartnerFailure> {
  const found = await partner.findLinks(accountId, requestId)
  if (isPartnerFailure(found)) return found
  const payments: PaidByLink[] = []
  for (const { linkId } of found) {
    const closed = await withdraw(partner, accountId, linkId)
    if (isPartnerFailure(closed)) return closed
    payments.push(...closed.payments)
  }
  return { active: false, payments }
}

async function endUnmade(posting: Posting, request: RequestRow): Promise<void> {
  const { tx, practiceId } = posting
  const judged = judgeOwed(request.amountCents, await owedOn(tx, practiceId, request.billingEncounterId))
  // It fits again: the next step makes it after all.
  if (judged === 'fits') return void (await changeRequest(posting, request.id, later(0)))
  await closeRequest(posting, request, 'cancelled', judged)
  if (judged === 'replaced') await replaceRequest(posting, request)
}

/** The link is there: it goes out with the invoice, unless the balance moved while it was being made. */
async function keepLink(
  posting: Posting,
  request: RequestRow,
  { linkId, url }: PaymentLink,
  mailFrom: string,
): Promise<void> {
  const { tx, practiceId, now } = posting
  const judged = judgeOwed(request.amountCents, await owedOn(tx, practiceId, request.billingEncounterId))
  const link = sql`link_id = ${linkId}, link_url = ${url}, attempts = 0, last_error = null, access_lost_at = null`
  if (judged !== 'fits') {
    await changeRequest(posting, request.id, sql`${link}, state = 'closing', reason = ${judged}, ${later(0)}`)
    return
  }
  const sentAt = now.toString()
  const version = await changeRequest(
    posting,
    request.id,
    sql`${link}, state = 'open', sent_at = ${sentAt}, ${later(lookSeconds(0))}`,
  )
  const emailed = await sendLink(posting, request, mailFrom)
  const { documentId, amountCents } = request
  posting.record(PaymentRequestSent, {
    subject: request.id,
    version,
    data: { ...subjectOf(request), documentId, amountCents, emailed, sentAt },
  })
}

/** What the partner says of a link that is open or being withdrawn. Money that no webhook told of is recorded here. */
async function keepLook(
  posting: Posting,
  request: RequestRow,
  { active, payments }: LinkState,
  mailFrom: string,
): Promise<void> {
  for (const paid of payments) {
    const row = await lockRequest(posting, request.id)
    await recordPaid(posting, row!, paid, mailFrom)
  }
  const after = await lockRequest(posting, request.id)
  if (after!.state === 'paid') return
  const reached = sql`last_error = null, access_lost_at = null`
  // Given up before, and out of reach until now: it takes no more money.
  if (request.state === 'expired')
    await changeRequest(posting, request.id, sql`${reached}, next_look_at = null`)
  else if (request.state === 'closing') await endWithdrawn(posting, request)
  else if (!active) await closeRequest(posting, request, 'expired', 'closed-at-partner')
  else await changeRequest(posting, request.id, sql`${reached}, ${later(lookSeconds(request.attempts))}`)
}
