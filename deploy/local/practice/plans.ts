import { CALENDAR, firstDay, type PracticeVisit } from './calendar.ts'
import type { PracticeCode } from './codes.ts'
import type { Complaints } from './complaints.ts'
import type { PracticePatient } from './patients.ts'
import { FILE, type PracticeFile } from './practice-file.ts'
import { VISITS, type VisitPlan } from './visits.ts'

/** What plans refer to. */
interface Known {
  readonly about: PracticeFile
  readonly patients: readonly PracticePatient[]
  readonly codes: readonly PracticeCode[]
}

/** Whether what is to happen can happen: each with the field that is wrong and what to do. */
export function checkPlans(
  plans: readonly VisitPlan[],
  visits: readonly PracticeVisit[],
  { about, patients, codes }: Known,
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
    const came = [plan.checkIn, plan.note, plan.complete, plan.insurance].some(Boolean)
    if (plan.noShow && (came || plan.postBill || plan.tryDelete))
      say(
        'noShow',
        'the patient did not come, and more is to happen',
        'Keep `noShow` alone, or leave it out.',
      )
    if (visit) checkMoney(plan, visit, about, patients, say)
    if (plan.insurance)
      checkInsurance(plan, about, (field, what, cure) => say(`insurance.${field}`, what, cure))
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
  const paid = complete?.alreadyPaid ? 'alreadyPaid' : complete?.online ? 'online' : undefined
  if (paid && visit.services.length === 0)
    say(
      `complete.${paid}`,
      'the event has no service to pay for',
      `Name one in its CATEGORIES in ${CALENDAR}.`,
    )
  if (paid && patient && !patient.email)
    say(
      `complete.${paid}`,
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

/** The insurer pays one charge, and with what the patient paid it comes to nothing owed. */
function checkInsurance(
  { insurance, note, postBill, checkIn }: VisitPlan,
  about: PracticeFile,
  say: (field: string, what: string, cure: string) => void,
): void {
  const [procedure, ...more] = note?.procedures ?? []
  if (!postBill || !procedure || more.length > 0) {
    say(
      'paidCents',
      'there is no bill of one charge to pay',
      'Set postBill, and give the note one procedure.',
    )
    return
  }
  const price = about.services.find(({ code }) => code === procedure.code)?.amountCents ?? 0
  const { allowedCents, paidCents } = insurance!
  const charged = price * procedure.units
  if (allowedCents > charged)
    say('allowedCents', `${allowedCents} is more than the charge of ${charged}`, 'Allow at most the charge.')
  if (paidCents > allowedCents)
    say('paidCents', `${paidCents} is more than what is allowed`, 'Pay at most what is allowed.')
  if ((checkIn?.copay?.amountCents ?? 0) > allowedCents - paidCents)
    say(
      'paidCents',
      'the copay is more than what the insurer leaves to the patient',
      'Lower the one or the other.',
    )
}
