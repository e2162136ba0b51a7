import { PatientChanged } from '@praxisbus/contracts'
import { newId } from '@praxisbus/runtime'
import { toCloudEvent } from '@praxisbus/runtime/bus/cloud-event.ts'
import pg from 'pg'
import { serveParent } from './child.ts'
import { rate } from './load.ts'
import { PATIENT } from './patient-record.ts'
import type { Target } from './scheduler-database.ts'

export interface InsertLoad {
  readonly commands: number
  readonly callers: number
  /** `same`: the tables the command writes, with their indexes and checks; `bare`: the same values, a primary key and nothing else. */
  readonly tables: 'same' | 'bare'
}

const PATIENT_COLUMNS =
  'practice_id, id, name, birth_date, email, phone, address_lines, consent_email, consent_phone, consent_text'
const OUTBOX_COLUMNS = 'practice_id, event_id, topic, key, type, sequence, headers, body'
const places = (columns: string) => columns.split(',').map((_, index) => `$${index + 1}`)
const insert = (table: string, columns: string) =>
  `insert into ${table} (${columns}) values (${places(columns)})`

/** begin; insert; insert; commit. The values are of the size of the command's own, and ready before. */
serveParent(async ({ bareUrl, practiceId }: Target) => {
  const pool = new pg.Pool({ connectionString: bareUrl, max: 20 })
  await pool.query(`create table bare_patient (like patient including defaults, primary key (id));
    create table bare_outbox (like outbox including defaults including identity, primary key (event_id))`)
  const { headers, body, ...event } = toCloudEvent(
    PatientChanged,
    { subject: newId(), version: 1, data: { patientId: newId(), ...PATIENT, diagnosisCodes: [] } },
    { practiceId, time: Temporal.Now.instant() },
  )
  const headerText = JSON.stringify(headers)
  const { name, birthDate, email, phone, addressLines, reminderConsents: consents } = PATIENT

  const once = async (tables: 'same' | 'bare') => {
    const [patient, outbox] = tables === 'same' ? ['patient', 'outbox'] : ['bare_patient', 'bare_outbox']
    const id = newId()
    const client = await pool.connect()
    await client.query('begin')
    await client.query({
      name: patient,
      text: insert(patient!, PATIENT_COLUMNS),
      values: [
        practiceId,
        id,
        name,
        birthDate,
        email,
        phone,
        addressLines,
        consents.email,
        consents.phone,
        consents.text,
      ],
    })
    await client.query({
      name: outbox,
      text: insert(outbox!, OUTBOX_COLUMNS),
      values: [practiceId, newId(), event.topic, id, event.type, event.sequence, headerText, body],
    })
    await client.query('commit')
    client.release()
  }
  return async ({ commands, callers, tables }: InsertLoad) => rate(commands, callers, () => once(tables))
})
