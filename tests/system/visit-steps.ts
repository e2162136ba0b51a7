import { type Json, ok, type Person, type Practice, until } from './clinic.ts'

/** A session some days ago, as the front desk puts it on the calendar. */
export function schedule(
  desk: Person,
  practice: Practice,
  patient: object,
  { daysAgo }: { daysAgo: number },
): Promise<Json> {
  const day = Temporal.Now.plainDateISO('America/Chicago').subtract({ days: daysAgo })
  return ok(
    desk.scheduler.post('/v1/appointments', {
      ...patient,
      practitionerId: practice.practitionerId,
      locationId: practice.locationId,
      services: [{ serviceId: practice.serviceId, units: 1 }],
      start: `${day}T09:07`,
      end: `${day}T09:52`,
    }),
  )
}

/** A draft that could be released as it is (E-02, E-12). */
export async function draftNote(clinician: Person, practice: Practice, appointmentId: string): Promise<Json> {
  const started = await until(
    () => ok(clinician.ehr.post('/v1/encounters', { appointmentId, templateId: practice.templateId })),
    () => true,
    'the EHR to know the visit',
  )
  const draft = {
    narrative: 'Went well.',
    diagnoses: [{ code: 'F32.1' }, { code: 'F41.1' }],
    procedures: [{ code: 'H0004', units: 1, modifiers: ['HO'], diagnosisPointers: [1] }],
  }
  await ok(
    clinician.ehr.put(`/v1/encounters/${started.encounterId}/draft`, draft, { ifMatch: started.version }),
  )
  return started
}

/** From opening the note to its signature (E-02, E-04). */
export async function writeNote(clinician: Person, practice: Practice, appointmentId: string): Promise<Json> {
  const { encounterId } = await draftNote(clinician, practice, appointmentId)
  return ok(clinician.ehr.post(`/v1/encounters/${encounterId}/sign`, { confirmed: true }))
}

/** The one billing encounter of a visit; undefined: none has been opened. */
export async function billOf({ billing }: Person, appointmentId: string): Promise<Json> {
  const { billingEncounters } = await ok(billing.get(`/v1/billing-encounters?appointmentId=${appointmentId}`))
  return billingEncounters.length === 1
    ? ok(billing.get(`/v1/billing-encounters/${billingEncounters[0].billingEncounterId}`))
    : undefined
}
