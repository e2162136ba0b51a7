import { firstDay, type PracticeVisit } from '../practice/calendar.ts'
import type { Practice } from '../practice/folder.ts'
import type { NotePlan } from '../practice/visits.ts'
import { saveCoverage } from './coverage.ts'
import { codeOf, DayFault, until } from './desk.ts'
import { noteMissed } from './missed.ts'
import { payOnline } from './online.ts'
import type { RefusedDeletion } from './result.ts'
import type { PlayedVisit, Scene } from './scene.ts'
import type { Ids } from './set-up.ts'

/** Days by which the calendar moves: its first day is played as yesterday, so that all of that day lies in the past. */
export function shiftOf({ visits, about }: Practice, now: Temporal.Instant): Temporal.Duration {
  const yesterday = now.toZonedDateTimeISO(about.timeZone).toPlainDate().subtract({ days: 1 })
  return firstDay(visits).until(yesterday, { largestUnit: 'day' })
}

/** S-02: puts every event of the calendar on the schedule. */
export async function schedule(scene: Scene, shift: Temporal.Duration): Promise<PlayedVisit[]> {
  const { desk, people, practice, ids } = scene
  const played: PlayedVisit[] = []
  for (const visit of practice.visits) {
    const patient = practice.patients.find(({ id }) => id === visit.patient)!
    scene.say(`scheduling ${patient.name}`)
    const body = {
      patientId: ids.patients.get(visit.patient),
      practitionerId: ids.practitioners.get(visit.practitioner),
      services: visit.services.map(({ code, units }) => ({ serviceId: ids.services.get(code), units })),
      ...placeOf(visit, ids),
      start: minute(visit.start.add(shift)),
      end: minute(visit.end.add(shift)),
      timeZone: visit.timeZone,
      telehealthUrl: visit.telehealthUrl ?? null,
      additionalInstructions: visit.instructions ?? null,
    }
    const { body: appointment } = await desk.post(people.frontDesk, 'scheduler', '/v1/appointments', body)
    const plan = practice.plans.find(({ event }) => event === visit.uid)
    played.push({ visit, plan, patientName: patient.name, appointmentId: appointment.appointmentId })
  }
  return played
}

const minute = (time: Temporal.PlainDateTime) => time.toString({ smallestUnit: 'minute' })

function placeOf({ place }: PracticeVisit, { rooms, locations }: Ids) {
  if (place === undefined) return {}
  const roomId = rooms.get(place)
  return roomId ? { roomId } : { locationId: locations.get(place) }
}

/** All that happens to one visit before its bill is posted, in the order of a day. */
export async function playVisit(scene: Scene, played: PlayedVisit): Promise<void> {
  const { plan, patientName } = played
  if (plan?.noShow) return noteMissed(scene, played)
  if (plan?.insurance) await saveCoverage(scene, played)
  if (plan?.checkIn) await checkIn(scene, played)
  if (plan?.note) {
    scene.say(`the note of ${patientName}`)
    played.encounterId = await writeNote(scene, played, plan.note)
  }
  if (plan?.complete) await completeSession(scene, played)
  if (plan?.complete?.online && scene.paysOnline) await payOnline(scene, played)
  if (plan?.checkIn) await checkOut(scene, played)
}

/** S-23: the patient leaves; the desk reads what is to be said (S-21). */
async function checkOut(
  { desk, people, say }: Scene,
  { patientName, appointmentId }: PlayedVisit,
): Promise<void> {
  say(`${patientName} leaves`)
  await desk.post(people.frontDesk, 'scheduler', `/v1/appointments/${appointmentId}/check-out`)
}

/** S-23: the patient arrives; a copay goes along. */
async function checkIn(
  { desk, people, say }: Scene,
  { plan, patientName, appointmentId }: PlayedVisit,
): Promise<void> {
  say(`${patientName} checks in`)
  const copay = plan!.checkIn!.copay
  await desk.post(
    people.frontDesk,
    'scheduler',
    `/v1/appointments/${appointmentId}/check-in`,
    copay ? { copay } : {},
  )
}

/** E-02, E-03, E-04, E-12: draft, what is said at checkout, signatures, release. */
async function writeNote(
  scene: Scene,
  { visit, appointmentId }: PlayedVisit,
  note: NotePlan,
): Promise<string> {
  const { desk, people, practice, ids } = scene
  const clinician = people.clinician(visit.practitioner)
  const started = await desk.post(clinician, 'ehr', '/v1/encounters', {
    templateId: ids.templates.get(note.template),
    appointmentId,
  })
  const path = `/v1/encounters/${started.body.encounterId}`
  // An earlier run of this day may have signed it already; a signed note is not written again.
  const { body: encounter } = await desk.get(clinician, 'ehr', path)
  if (encounter.status === 'draft' && encounter.released === null) {
    const { body: saved } = await desk.put(
      clinician,
      'ehr',
      `${path}/draft`,
      draftOf(note),
      encounter.version,
    )
    if (note.checkout)
      await desk.put(
        clinician,
        'ehr',
        `${path}/checkout-instructions`,
        checkoutOf(note.checkout),
        saved.version,
      )
  }
  if (note.sign) {
    for (const role of practice.about.templates.find(({ key }) => key === note.template)!.signerRoles)
      await desk.post(people.signer(role, clinician), 'ehr', `${path}/sign`, { role, confirmed: true })
  }
  if (note.release) await desk.post(clinician, 'ehr', `${path}/release`)
  return started.body.encounterId
}

function draftOf({ narrative, vitals, diagnoses, procedures }: NotePlan) {
  return {
    narrative,
    ...(vitals ? { vitals } : {}),
    diagnoses: diagnoses.map((code) => ({ code })),
    procedures: procedures.map(({ diagnoses: pointers, ...line }) => ({
      ...line,
      diagnosisPointers: pointers,
    })),
  }
}

/** E-03, as the EHR takes it and the scheduler shows it. */
export const checkoutOf = ({ patient, frontDesk }: NonNullable<NotePlan['checkout']>) => ({
  patientInstructions: patient ?? null,
  frontDeskInstructions: frontDesk ?? null,
})

/** S-22, B-03: the lines that billing proposes are taken as they are. */
async function completeSession(
  scene: Scene,
  { plan, patientName, appointmentId }: PlayedVisit,
): Promise<void> {
  const { desk, people, say, paysOnline } = scene
  const path = `/v1/appointments/${appointmentId}`
  const { body: appointment } = await desk.get(people.frontDesk, 'scheduler', path)
  if (appointment.status === 'completed') return // by an earlier run of this day
  say(`completing the session of ${patientName}`)
  const { body: review } = await desk.get(people.frontDesk, 'scheduler', `${path}/completion`)
  const paid = plan!.complete!.alreadyPaid
  await desk.post(people.frontDesk, 'scheduler', `${path}/complete`, {
    paymentType: plan!.complete!.online && paysOnline ? 'online' : 'other',
    alreadyPaid: paid !== undefined,
    ...(paid ? { payment: { ...paid, amountCents: review.totalCents } } : {}),
    lineItems: review.lineItems.map(
      ({ serviceId, units, unitAmountCents, modifiers }: Record<string, unknown>) => ({
        serviceId,
        units,
        unitAmountCents,
        modifiers,
      }),
    ),
  })
}

/** S-16: asks for what must be refused, and keeps the reason. */
export async function tryDelete({ desk, people, say }: Scene, played: PlayedVisit): Promise<RefusedDeletion> {
  say(`trying to delete the visit of ${played.patientName}`)
  const refused = await until(`the reason not to delete the visit of ${played.patientName}`, async () => {
    const answer = await desk.delete(
      people.frontDesk,
      'scheduler',
      `/v1/appointments/${played.appointmentId}`,
    )
    if (answer.status < 300)
      throw new DayFault(
        `The visit of ${played.patientName} was deleted although a note or money hangs on it.`,
        'This is a defect: S-16 asks that it be refused.',
      )
    return codeOf(answer) !== 'billing_catching_up' && answer.status < 500 ? answer : undefined
  })
  const { detail, next } = refused.body
  return { appointment: played.patientName, code: codeOf(refused)!, detail, next }
}
