import { firstDay } from '../practice/calendar.ts'
import type { Practice } from '../practice/folder.ts'
import type { PlayedCalendar } from './calendar.ts'
import type { PlayedCheck } from './check.ts'
import type { PlayedClosing } from './closing.ts'
import { GOOGLE_DAYS, type PlayedGoogle } from './google.ts'
import type { PlayedMessages } from './messages.ts'
import type { PlayedScan } from './scan.ts'
import type { PlayedVisit } from './scene.ts'
import type { PlayedWaitlist } from './waitlist.ts'

/** Everything that was played, to be compared with what the services say of it. */
export interface Played {
  readonly practice: Practice
  readonly visits: readonly PlayedVisit[]
  readonly calendar: PlayedCalendar
  readonly waitlist: PlayedWaitlist
  /** undefined: left out, where there is no mail server or nobody agreed to be reminded. */
  readonly messages: PlayedMessages | undefined
  /** undefined: emails are where the day cannot look. */
  readonly mailbox: string | undefined
  /** undefined: left out, where no stand-in for Google runs. */
  readonly google: PlayedGoogle | undefined
  readonly scan: PlayedScan
  readonly check: PlayedCheck
  readonly closing: PlayedClosing
  readonly paysOnline: boolean
  /** The day that was played, and the last one of the calendar, as they lie now. */
  readonly date: Temporal.PlainDate
  readonly lastDate: Temporal.PlainDate
}

export const visitsOfTheDay = ({ practice, visits }: Played): PlayedVisit[] =>
  visits.filter(({ visit }) => visit.start.toPlainDate().equals(firstDay(practice.visits)))

/** Visits of later days, as far ahead as Google's calendar is compared with ours. */
export const aheadInGoogle = ({ practice, visits }: Played): PlayedVisit[] =>
  visits.filter(({ visit }) => {
    const { days } = firstDay(practice.visits).until(visit.start.toPlainDate())
    return days > 0 && days <= GOOGLE_DAYS
  })

/** The figures of a day. Money in cents. Those that may be left out belong to a scene that was. */
export interface Numbers {
  readonly appointments: number
  readonly ahead: number
  readonly checkedIn: number
  readonly completed: number
  readonly checkout: number
  readonly missed: number
  readonly checkedOut: number
  readonly meetings: number
  readonly booked: number
  readonly waited: number
  readonly reminded?: number
  readonly confirmed?: number
  readonly delivered?: number
  readonly inGoogle?: number
  readonly fromGoogle?: number
  readonly encounters: number
  readonly signed: number
  readonly signatures: number
  readonly intact: number
  readonly released: number
  readonly bills: number
  readonly posted: number
  readonly charged: number
  readonly missedFees: number
  readonly received: number
  readonly paidOnline: number
  readonly applied: number
  readonly escrow: number
  readonly adjusted: number
  readonly owed: number
  readonly invoices: number
  readonly receipts: number
  readonly emailed: number
  readonly statements: number
  readonly statedFees: number
  readonly checkEscrow: number
  readonly insurerPaid: number
  readonly disbursed: number
  readonly refunded: number
  readonly capitation: number
  readonly sealed: number
  readonly tiesOut: number
  readonly ledgerGap: number
  readonly images: number
  readonly factsScheduled: number
  readonly factsSigned: number
  readonly factsReleased: number
  readonly factsCompleted: number
  readonly factsCancelled: number
  readonly factsWaited: number
  readonly factsReminded?: number
  readonly factsReceived: number
  readonly factsImported: number
  readonly factsClosed: number
}

/** What each is called, and who is asked and how. In the order of the table. */
export const FIGURES: Readonly<Record<keyof Numbers, readonly [name: string, owner: string]>> = {
  appointments: ['Appointments of the day', 'scheduler, HTTP'],
  ahead: ['Appointments on later days', 'scheduler, HTTP'],
  checkedIn: ['Patients checked in', 'scheduler, HTTP'],
  completed: ['Sessions completed', 'scheduler, HTTP'],
  checkout: ['Checkout sections as written in the note', 'scheduler, HTTP'],
  missed: ['Visits that nobody came to', 'scheduler, HTTP'],
  checkedOut: ['Checked out', 'scheduler, HTTP'],
  meetings: ['Meetings of a series, moved together', 'scheduler, HTTP'],
  booked: ['Booked online and accepted', 'scheduler, HTTP'],
  waited: ['Waited, offered what became free, booked', 'scheduler, HTTP'],
  reminded: ['Reminders emailed', 'scheduler, HTTP'],
  confirmed: ['Confirmations emailed', 'scheduler, HTTP'],
  delivered: ['  of both in the mailbox', 'mail server'],
  inGoogle: ['Appointments to come in a Google calendar', 'stand-in for Google'],
  fromGoogle: ['Busy times that came from there', 'scheduler, HTTP'],
  encounters: ['Encounters', 'ehr, gRPC'],
  signed: ['Encounters signed by all roles', 'ehr, gRPC'],
  signatures: ['Signatures', 'ehr, HTTP'],
  intact: ['Signed PDFs whose hash is right', 'ehr, HTTP'],
  released: ['Encounters released', 'ehr, gRPC'],
  bills: ['Billing encounters', 'billing, gRPC'],
  posted: ['Billing encounters posted', 'billing, gRPC'],
  charged: ['Charges', 'billing, gRPC'],
  missedFees: ['  of it no-show fees', 'billing, HTTP'],
  received: ['Money received', 'billing, gRPC'],
  paidOnline: ['  of it online', 'billing, HTTP'],
  applied: ['  applied to charges', 'billing, gRPC'],
  escrow: ['  waiting in escrow', 'billing, gRPC'],
  adjusted: ['Taken off by contract', 'billing, HTTP'],
  owed: ['Still owed', 'billing, HTTP'],
  invoices: ['Invoices', 'billing, HTTP'],
  receipts: ['Receipt documents', 'billing, HTTP'],
  emailed: ['Receipts emailed', 'billing, HTTP'],
  statements: ['Patient statements', 'billing, HTTP'],
  statedFees: ['  no-show fees on them', 'billing, HTTP'],
  checkEscrow: ['An insurer’s check, in escrow', 'billing, gRPC'],
  insurerPaid: ['  paid on bills of the day', 'billing, gRPC'],
  disbursed: ['  disbursed to another system', 'billing, gRPC'],
  refunded: ['  refunded', 'billing, gRPC'],
  capitation: ['Capitation of yesterday, disbursed', 'billing, gRPC'],
  sealed: ['Periods closed through yesterday, seal right', 'billing, HTTP'],
  tiesOut: ['Received less applied, not explained', 'billing, HTTP'],
  ledgerGap: ['Received less where it is, whole ledger', 'billing, HTTP'],
  images: ['Images imported', 'imaging, gRPC'],
  factsScheduled: ['Events appointment.scheduled', 'Kafka'],
  factsSigned: ['Events encounter.signed', 'Kafka'],
  factsReleased: ['Events encounter.released', 'Kafka'],
  factsCompleted: ['Events session.completed', 'Kafka'],
  factsCancelled: ['Events appointment.cancelled', 'Kafka'],
  factsWaited: ['Events waitlist.accepted', 'Kafka'],
  factsReminded: ['Events reminder.sent', 'Kafka'],
  factsReceived: ['Events receipt.recorded', 'Kafka'],
  factsImported: ['Events images.imported', 'Kafka'],
  factsClosed: ['Events period.closed', 'Kafka'],
}

export const MONEY: ReadonlySet<keyof Numbers> = new Set([
  'charged',
  'missedFees',
  'statedFees',
  'capitation',
  'received',
  'paidOnline',
  'applied',
  'escrow',
  'adjusted',
  'owed',
  'checkEscrow',
  'insurerPaid',
  'disbursed',
  'refunded',
  'tiesOut',
  'ledgerGap',
])
