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
import { checkPlans } from './plans.ts'
import { checkPracticeFile, FILE, type PracticeFile, practiceFile } from './practice-file.ts'
import { readVisits, type VisitPlan } from './visits.ts'

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
