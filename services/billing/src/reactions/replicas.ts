import { fields, PatientChanged, PracticeChanged, PractitionerChanged } from '@praxisbus/contracts'
import { json, reaction, sql } from '@praxisbus/runtime'

/** Copies of what the scheduler owns, for documents and dates. An older record never replaces a newer one. */
export const onPracticeChanged = reaction(
  PracticeChanged,
  async ({ tx, practiceId, event }, { name, timeZone, letterhead }) => {
    await tx.run(sql`
    insert into practice_replica as held (practice_id, name, time_zone, letterhead, version)
    values (${practiceId}, ${name}, ${timeZone}, ${json(letterhead ?? fields.NO_LETTERHEAD)}, ${event.version})
    on conflict (practice_id) do update set
      name = excluded.name, time_zone = excluded.time_zone, letterhead = excluded.letterhead, version = excluded.version
     where held.version < excluded.version`)
  },
)

export const onPatientChanged = reaction(PatientChanged, async ({ tx, practiceId, event }, patient) => {
  await tx.run(sql`
    insert into patient_replica as held (practice_id, id, name, email, address_lines, birth_date, version)
    values (${practiceId}, ${patient.patientId}, ${patient.name}, ${patient.email}, ${json(patient.addressLines)},
            ${patient.birthDate}, ${event.version})
    on conflict (practice_id, id) do update set
      name = excluded.name, email = excluded.email, address_lines = excluded.address_lines,
      birth_date = excluded.birth_date, version = excluded.version
     where held.version < excluded.version`)
})

export const onPractitionerChanged = reaction(
  PractitionerChanged,
  async ({ tx, practiceId, event }, practitioner) => {
    await tx.run(sql`
    insert into practitioner_replica as held (practice_id, id, name, credentials, version)
    values (${practiceId}, ${practitioner.practitionerId}, ${practitioner.name}, ${practitioner.credentials},
            ${event.version})
    on conflict (practice_id, id) do update set
      name = excluded.name, credentials = excluded.credentials, version = excluded.version
     where held.version < excluded.version`)
  },
)
