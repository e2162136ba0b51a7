import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { EXIT, Fault, UsageFault } from '../fault.ts'
import { ROOT } from '../home.ts'
import { CALENDAR, type PracticeVisit, readCalendar } from './calendar.ts'
import { type PracticeCode, readCodes } from './codes.ts'
import { Complaints, complaintLines } from './complaints.ts'
import { checkRemittance, findScan, readJson, type ScanFile } from './files.ts'
import { type PracticePatient, readPatients } from './patients.ts'
import { checkPracticeFile, FILE, type PracticeFile, practiceFile } from './practice-file.ts'
import { readVisits, VISITS, type VisitPlan } from './visits.ts'

/** A practice as its folder describes it, checked whole. */
export interface Practice {
  readonly folder: string
  /** Always the same for the same name, so that a folder finds its records of the last run again. */
  readonly practiceId: string
  readonly about: PracticeFile
  readonly patients: readonly PracticePatient[]
  readonly visits: readonly PracticeVisit[]
  readonly codes: readonly PracticeCode[]
  readonly plans: readonly VisitPlan[]
  readonly scan: ScanFile
}

export const EXAMPLE = join(ROOT, 'examples/practice')

/** Reads a practice folder; throws one fault that names everything wrong with it. */
export function openPractice(folder: string = EXAMPLE): Practice {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new UsageFault(`There is no folder ${folder}.`, 'Copy examples/practice and change the copy.')
  const complaints = new Complaints()
  const practice = readPractice(folder, complaints)
  if (practice && complaints.list.length === 0) return practice
  const count = complaints.list.length
  throw new Fault(
    [
      `The practice folder ${folder} has ${count} ${count === 1 ? 'fault' : 'faults'}:`,
      ...complaintLines(complaints.list),
    ].join('\n'),
    'Its shape is described in examples/practice/README.md. Nothing was started.',
    EXIT.practiceFolder,
  )
}

export function readPractice(folder: string, complaints: Complaints): Practice | undefined {
  const content = readJson(folder, FILE, complaints)
  const about = content === undefined ? undefined : complaints.check(practiceFile, content, FILE)
  if (about) checkPracticeFile(about, complaints)
  const patients = readPatients(folder, complaints)
  const codes = readCodes(folder, complaints)
  const plans = readVisits(folder, complaints)
  const visits = readCalendar(folder, about?.timeZone ?? 'UTC', complaints)
  const scan = findScan(folder, complaints)
  checkRemittance(folder, complaints)
  if (!about) return undefined
  checkVisits(visits, about, patients, complaints)
  checkPlans(plans, visits, { about, patients, codes }, complaints)
  return scan && { folder, practiceId: idFor(about.name), about, patients, visits, codes, plans, scan }
}

/** A UUID (version 8, RFC 9562) made of a name. */
function idFor(name: string): string {
  const hex = createHash('sha256').update(`praxisbus practice ${name.trim().toLowerCase()}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** The first day of the calendar: the one that is played. */
export const firstDay = (visits: readonly PracticeVisit[]): Temporal.PlainDate =>
  visits.map((visit) => visit.start.toPlainDate()).sort(Temporal.PlainDate.compare)[0]!

function checkVisits(
  visits: readonly PracticeVisit[],
  about: PracticeFile,
  patients: readonly PracticePatient[],
  complaints: Complaints,
): void {
  for (const visit of visits) {
    const say = (property: string, what: string, cure: string) =>
      complaints.add(CALENDAR, `event at line ${visit.line}, ${property}`, what, cure)
    if (!patients.some(({ id }) => id === visit.patient))
      say(
        'ATTENDEE',
        `there is no patient ${visit.patient}`,
        'Use the id of a patient of patients/ or patients.csv.',
      )
    if (!about.practitioners.some(({ key }) => key === visit.practitioner))
      say(
        'ORGANIZER',
        `there is no practitioner ${visit.practitioner}`,
        `Use a key of the practitioners in ${FILE}.`,
      )
    if (visit.place && ![...about.rooms, ...about.locations].some(({ key }) => key === visit.place))
      say(
        'LOCATION',
        `${visit.place} is no room and no location`,
        `Use a key of the rooms or locations in ${FILE}.`,
      )
    for (const { code } of visit.services) {
      if (!about.services.some((service) => service.code === code))
        say('CATEGORIES', `there is no service ${code}`, `Use a code of the services in ${FILE}.`)
    }
  }
}

function checkPlans(
  plans: readonly VisitPlan[],
  visits: readonly PracticeVisit[],
  { about, patients, codes }: Pick<Practice, 'about' | 'patients' | 'codes'>,
  complaints: Complaints,
): void {
  const seen = new Set<string>()
  for (const [index, plan] of plans.entries()) {
    const say = (field: string, what: string, cure: string) =>
      complaints.add(VISITS, `visits[${index}].${field}`, what, cure)
    const visit = visits.find(({ uid }) => uid === plan.event)
    // An event that could not be read was complained about already.
    if (!visit && complaints.list.some(({ file }) => file === CALENDAR)) continue
    if (!visit) say('event', `${CALENDAR} has no event ${plan.event}`, 'Use the UID of an event.')
    else if (!visit.start.toPlainDate().equals(firstDay(visits)))
      say(
        'event',
        `${plan.event} is not on the first day of the calendar`,
        'Only that day is played; later days stay ahead.',
      )
    if (seen.has(plan.event))
      say('event', `${plan.event} is there twice`, 'Put all that happens to a visit into one entry.')
    seen.add(plan.event)
    if (visit) checkMoney(plan, visit, about, patients, say)
    if (plan.note) checkNote(plan.note, about, codes, (field, what, cure) => say(`note.${field}`, what, cure))
  }
}

function checkNote(
  note: NonNullable<VisitPlan['note']>,
  about: PracticeFile,
  codes: readonly PracticeCode[],
  say: (field: string, what: string, cure: string) => void,
): void {
  const template = about.templates.find(({ key }) => key === note.template)
  if (!template)
    say('template', `there is no template ${note.template}`, `Use a key of the templates in ${FILE}.`)
  const known = (code: string, diagnosis: boolean) =>
    codes.some((entry) => entry.code === code && (entry.system === 'icd-10-cm') === diagnosis)
  for (const [index, code] of note.diagnoses.entries()) {
    if (!known(code, true))
      say(`diagnoses[${index}]`, `${code} is not in codes.csv`, 'Add the code there, or choose another.')
  }
  for (const [index, { code, diagnoses }] of note.procedures.entries()) {
    const where = `procedures[${index}]`
    if (!known(code, false))
      say(`${where}.code`, `${code} is not in codes.csv`, 'Add the code there, or choose another.')
    const beyond = diagnoses.find((position) => position > note.diagnoses.length)
    if (beyond)
      say(
        `${where}.diagnoses`,
        `there is no diagnosis ${beyond}`,
        'Positions count from 1, in the order of the note.',
      )
  }
  if (note.release && note.diagnoses.length + note.procedures.length === 0)
    say('release', 'there is nothing to release', 'Add a diagnosis or a procedure.')
}

/** What has to be priced, and where a receipt goes. */
function checkMoney(
  { note, complete, postBill, tryDelete, checkIn }: VisitPlan,
  visit: PracticeVisit,
  about: PracticeFile,
  patients: readonly PracticePatient[],
  say: (field: string, what: string, cure: string) => void,
): void {
  const unpriced = (codes: readonly { code: string }[]) =>
    codes.find(
      ({ code }) => (about.services.find((service) => service.code === code)?.amountCents ?? null) === null,
    )
  const patient = patients.find(({ id }) => id === visit.patient)
  if (postBill && !note?.release)
    say('postBill', 'there is no bill to post', 'Release the note of this visit.')
  if (postBill && complete)
    say('postBill', 'completing the session posts the bill already', 'Keep one of the two.')
  const atBilling = postBill ? unpriced(note?.procedures ?? []) : undefined
  if (atBilling)
    say(
      'postBill',
      `${atBilling.code} has no price`,
      `Give the service ${atBilling.code} an amount in ${FILE}.`,
    )
  const atDesk = complete ? unpriced(visit.services) : undefined
  if (atDesk)
    say('complete', `${atDesk.code} has no price`, `Give the service ${atDesk.code} an amount in ${FILE}.`)
  if (complete?.alreadyPaid && visit.services.length === 0)
    say(
      'complete.alreadyPaid',
      'the event has no service to pay for',
      `Name one in its CATEGORIES in ${CALENDAR}.`,
    )
  if (complete?.alreadyPaid && patient && !patient.email)
    say(
      'complete.alreadyPaid',
      `the receipt has nowhere to go: ${patient.name} has no email`,
      'Add one to the patient.',
    )
  if (tryDelete && !(note?.sign || note?.release || complete || checkIn?.copay))
    say(
      'tryDelete',
      'nothing stands in the way, so it would be deleted',
      'Add a signed note, a bill or a copay.',
    )
}
