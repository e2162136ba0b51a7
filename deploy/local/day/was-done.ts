import type { Practice } from '../practice/folder.ts'
import type { VisitPlan } from '../practice/visits.ts'
import { MEETINGS } from './calendar.ts'
import { CHECK } from './check.ts'
import { CAPITATION_CENTS } from './closing.ts'
import { aheadInGoogle, type Numbers, type Played, visitsOfTheDay } from './played.ts'
import type { PlayedVisit } from './scene.ts'

/** What the day must come to by the plan of the folder, reckoned here and not asked of anybody. */
export function wasDone(played: Played): Numbers {
  const { practice, visits, scan, paysOnline } = played
  const isPaidInFull = ({ plan }: PlayedVisit) =>
    plan?.complete?.alreadyPaid !== undefined || isPaidOnline(plan, paysOnline)
  const today = visitsOfTheDay(played)
  const count = (is: (visit: PlayedVisit) => unknown) => today.filter((visit) => is(visit)).length
  const money = today.map((visit) => moneyOf(visit, played))
  const sum = (of: (each: VisitMoney) => number) => money.reduce((total, each) => total + of(each), 0)
  const signatures = today.reduce((total, visit) => total + rolesSigned(visit, practice), 0)
  const released = count(({ plan }) => plan?.note?.release)
  const completed = count(({ plan }) => plan?.complete)
  const missed = count(({ plan }) => plan?.noShow)
  const missedFees = today.reduce((total, { plan }) => total + (plan?.noShow?.feeCents ?? 0), 0)
  const paidInFull = count(isPaidInFull)
  return {
    appointments: today.length,
    ahead: visits.length - today.length,
    checkedIn: count(({ plan }) => plan?.checkIn),
    completed,
    checkout: count(({ plan }) => plan?.note?.checkout),
    missed,
    checkedOut: count(({ plan }) => plan?.checkIn),
    meetings: MEETINGS,
    booked: 1,
    waited: 1,
    ...messagesDone(played),
    ...googleDone(played),
    encounters: count(({ plan }) => plan?.note),
    signed: count(({ plan }) => plan?.note?.sign),
    signatures,
    intact: signatures,
    released,
    bills: missed + count((visit) => visit.plan?.note?.release || isBilledBySession(visit)),
    posted: missed + count((visit) => visit.plan?.postBill || isBilledBySession(visit)),
    charged: sum((each) => each.chargedCents),
    missedFees,
    received: sum((each) => each.receivedCents),
    paidOnline: sum((each) => each.onlineCents),
    applied: sum(appliedCents),
    escrow: sum((each) => each.receivedCents - appliedCents(each)),
    // What is paid on the spot gets a receipt instead.
    invoices: missed + count(isBilledBySession),
    receipts: paidInFull,
    emailed: paidInFull,
    statements: missed,
    statedFees: missedFees,
    adjusted: sum((each) => each.adjustedCents),
    owed: sum((each) => each.chargedCents - appliedCents(each) - each.adjustedCents),
    checkEscrow: CHECK.waitingCents,
    insurerPaid: sum((each) => each.insurerCents),
    disbursed: CHECK.elsewhereCents,
    refunded: CHECK.refundedCents,
    capitation: CAPITATION_CENTS,
    sealed: 1,
    tiesOut: 0,
    ledgerGap: 0,
    images: scan.pages,
    factsScheduled: visits.length,
    factsSigned: signatures,
    factsReleased: released,
    factsCompleted: completed,
    factsCancelled: missed,
    factsWaited: 1,
    factsReceived: count(({ plan }) => plan?.checkIn?.copay) + paidInFull,
    factsImported: 1,
    factsClosed: 1,
  }
}

function messagesDone({ messages, mailbox }: Played): Partial<Numbers> {
  if (!messages) return {}
  const sent = { reminded: 1, confirmed: 1, factsReminded: 2 }
  return mailbox === undefined ? sent : { ...sent, delivered: 2 }
}

/** Of the practitioner who connected: what the folder has on later days, and what the day made. */
function googleDone(played: Played): Partial<Numbers> {
  const { google, messages, practice } = played
  if (!google) return {}
  const { key } = practice.about.practitioners[0]!
  const ahead = aheadInGoogle(played).filter(({ visit }) => visit.practitioner === key).length
  const [booked, waited, reminded] = [1, 1, messages ? 1 : 0]
  return { inGoogle: ahead + MEETINGS + booked + waited + reminded, fromGoogle: 1 }
}

const isBilledBySession = ({ plan, visit }: PlayedVisit) =>
  plan?.complete !== undefined && visit.services.length > 0

const isPaidOnline = (plan: VisitPlan | undefined, paysOnline: boolean) =>
  paysOnline && plan?.complete?.online === true

interface VisitMoney {
  readonly chargedCents: number
  readonly receivedCents: number
  readonly onlineCents: number
  readonly insurerCents: number
  readonly adjustedCents: number
}

/** B-10: what a visit's receipts hold goes onto its charges, as far as these go. */
const appliedCents = ({ chargedCents, receivedCents }: VisitMoney) => Math.min(chargedCents, receivedCents)

function moneyOf({ plan, visit }: PlayedVisit, { practice: { about }, paysOnline }: Played): VisitMoney {
  const priced = (lines: readonly { code: string; units: number }[]) =>
    lines.reduce(
      (total, { code, units }) =>
        total + units * (about.services.find((service) => service.code === code)?.amountCents ?? 0),
      0,
    )
  const bySession = plan?.complete ? priced(visit.services) : 0
  const byNote = plan?.postBill ? priced(plan.note!.procedures) : 0
  const copay = plan?.checkIn?.copay?.amountCents ?? 0
  const paid = plan?.complete?.alreadyPaid ? bySession : 0
  // The link asks for what the copay left.
  const online = isPaidOnline(plan, paysOnline) ? Math.max(bySession - copay, 0) : 0
  const insurer = plan?.insurance?.paidCents ?? 0
  return {
    chargedCents: bySession + byNote + (plan?.noShow?.feeCents ?? 0),
    receivedCents: copay + paid + online + insurer,
    onlineCents: online,
    insurerCents: insurer,
    adjustedCents: plan?.insurance ? byNote - plan.insurance.allowedCents : 0,
  }
}

function rolesSigned({ plan }: PlayedVisit, { about }: Practice): number {
  if (!plan?.note?.sign) return 0
  return about.templates.find(({ key }) => key === plan.note!.template)!.signerRoles.length
}
