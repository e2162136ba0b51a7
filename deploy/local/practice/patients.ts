import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CsvError, parse } from 'csv-parse/sync'
import { z } from 'zod'
import type { Complaints } from './complaints.ts'
import { readJson } from './files.ts'

export interface PracticePatient {
  /** `id` of the FHIR resource or of the CSV row: how the calendar names the patient. */
  readonly id: string
  readonly name: string
  readonly birthDate: string | null
  readonly email: string | null
  readonly phone: string | null
  readonly addressLines: readonly string[]
  readonly reminderConsents: { readonly email: boolean; readonly phone: boolean; readonly text: boolean }
}

const CSV = 'patients.csv'
const date = z.iso.date('must be a whole date, YYYY-MM-DD')
const email = z.email('must be an email address')
const phone = z
  .string()
  .regex(/^[+0-9(][0-9 ()./x-]{4,39}$/, 'must be a telephone number such as +1 312 555 0142')

/** From `patients/*.json` (FHIR R4 bundles, or single Patient resources) and `patients.csv`; either may be missing. */
export function readPatients(folder: string, complaints: Complaints): PracticePatient[] {
  const found = [
    ...fhirFiles(folder).flatMap((file) => fromFhir(folder, file, complaints)),
    ...fromCsv(folder, complaints),
  ]
  const seen = new Map<string, string>()
  for (const { id, file, where } of found) {
    const first = seen.get(id)
    if (first)
      complaints.add(
        file,
        where,
        `the patient ${id} is there twice (first in ${first})`,
        'Give each an id of its own.',
      )
    else seen.set(id, file)
  }
  if (found.length === 0 && complaints.list.every(({ file }) => !file.startsWith('patients'))) {
    complaints.add(
      'patients',
      '',
      'there are no patients',
      'Put FHIR bundles into patients/, or write patients.csv.',
    )
  }
  return found.map(({ file: _, where: __, ...patient }) => patient)
}

type Placed = PracticePatient & { readonly file: string; readonly where: string }

function fhirFiles(folder: string): string[] {
  try {
    return readdirSync(join(folder, 'patients'))
      .filter((file) => file.endsWith('.json'))
      .sort()
      .map((file) => `patients/${file}`)
  } catch {
    return []
  }
}

/** Of a Patient only what is used here; the resource may hold anything else (FHIR R4). */
const fhirPatient = z.object({
  resourceType: z.literal('Patient'),
  id: z.string().min(1).max(64),
  name: z
    .array(
      z.object({
        use: z.string().optional(),
        text: z.string().optional(),
        family: z.string().optional(),
        given: z.array(z.string()).optional(),
      }),
    )
    .min(1, 'must hold a name'),
  birthDate: date.optional(),
  telecom: z.array(z.object({ system: z.string().optional(), value: z.string().optional() })).default([]),
  address: z
    .array(
      z.object({
        line: z.array(z.string()).optional(),
        city: z.string().optional(),
        state: z.string().optional(),
        postalCode: z.string().optional(),
      }),
    )
    .default([]),
})

const fhirFile = z.union([
  z.object({
    resourceType: z.literal('Bundle'),
    entry: z.array(z.object({ resource: z.unknown() })).default([]),
  }),
  z.object({ resourceType: z.literal('Patient') }).loose(),
])

function fromFhir(folder: string, file: string, complaints: Complaints): Placed[] {
  const content = readJson(folder, file, complaints)
  if (content === undefined) return []
  const parsed = fhirFile.safeParse(content)
  if (!parsed.success) {
    complaints.add(
      file,
      'resourceType',
      'is neither a Bundle nor a Patient of FHIR R4',
      'Export patients as a FHIR R4 Bundle.',
    )
    return []
  }
  const resources =
    parsed.data.resourceType === 'Bundle' ? parsed.data.entry.map((entry) => entry.resource) : [parsed.data]
  return resources.flatMap((resource, index) => {
    // A bundle may carry visits, claims and much else beside its patients.
    if ((resource as { resourceType?: string } | undefined)?.resourceType !== 'Patient') return []
    const where = parsed.data.resourceType === 'Bundle' ? `entry[${index}].resource` : ''
    return fhirEntry(resource, file, where, complaints)
  })
}

function fhirEntry(resource: unknown, file: string, where: string, complaints: Complaints): Placed[] {
  const patient = complaints.check(fhirPatient, resource, file, where)
  if (!patient) return []
  const name = patient.name.find((entry) => entry.use === 'official') ?? patient.name[0]!
  const [address] = patient.address
  const cityLine = [address?.city, [address?.state, address?.postalCode].filter(Boolean).join(' ')]
    .filter(Boolean)
    .join(', ')
  const telecom = (system: string) => patient.telecom.find((entry) => entry.system === system)?.value ?? null
  const contact = complaints.check(
    z.object({ email: email.nullable(), phone: phone.nullable() }),
    { email: telecom('email'), phone: telecom('phone') },
    file,
    joinedTelecom(where),
  )
  const text = name.text ?? [...(name.given ?? []), name.family ?? ''].join(' ').trim()
  if (!text) complaints.add(file, `${where}.name`, 'is empty', 'Write given and family, or text.')
  if (!contact || !text) return []
  return [
    {
      ...contact,
      id: patient.id,
      name: text,
      birthDate: patient.birthDate ?? null,
      addressLines: [...(address?.line ?? []), cityLine].filter(Boolean),
      // FHIR's Patient says nothing about reminders: none are sent until the patient agrees.
      reminderConsents: { email: false, phone: false, text: false },
      file,
      where,
    },
  ]
}

const joinedTelecom = (where: string) => (where ? `${where}.telecom` : 'telecom')

const yes = z
  .enum(['yes', 'no', ''], 'must be yes or no')
  .default('')
  .transform((text) => text === 'yes')
const orNull = <T extends z.ZodType>(schema: T) =>
  z.union([z.literal('').transform(() => null), schema]).default(null)

const csvRow = z.strictObject({
  id: z.string().min(1, 'must not be empty').max(64),
  name: z.string().min(1, 'must not be empty').max(200),
  birth_date: orNull(date),
  email: orNull(email),
  phone: orNull(phone),
  address: z.string().default(''),
  remind_by_email: yes,
  remind_by_phone: yes,
  remind_by_text: yes,
})

function fromCsv(folder: string, complaints: Complaints): Placed[] {
  return readCsv(folder, CSV, complaints, 'optional').flatMap(({ line, row }) => {
    const where = `line ${line}`
    const found = complaints.check(csvRow, row, CSV, where)
    if (!found) return []
    const reminderConsents = {
      email: found.remind_by_email,
      phone: found.remind_by_phone,
      text: found.remind_by_text,
    }
    const leadsNowhere =
      (reminderConsents.email && !found.email) ||
      ((reminderConsents.phone || reminderConsents.text) && !found.phone)
    if (leadsNowhere)
      complaints.add(
        CSV,
        where,
        'reminders go where there is no address or number',
        'Fill it in, or write no.',
      )
    const { id, name, birth_date: birthDate, email: mail, phone: number } = found
    const addressLines = found.address
      .split(';')
      .map((part) => part.trim())
      .filter(Boolean)
    return [
      { id, name, birthDate, email: mail, phone: number, addressLines, reminderConsents, file: CSV, where },
    ]
  })
}

/** Rows with the line they begin at; a file that is no CSV is complained about and gives none. */
export function readCsv(
  folder: string,
  file: string,
  complaints: Complaints,
  presence: 'optional' | 'required',
): { line: number; row: Record<string, string> }[] {
  let text: string
  try {
    text = readFileSync(join(folder, file), 'utf8')
  } catch {
    if (presence === 'required')
      complaints.add(file, '', 'is missing', `Copy examples/practice/${file} and change it.`)
    return []
  }
  try {
    const rows: { record: Record<string, string>; info: { lines: number } }[] = parse(text, {
      columns: (header: string[]) => header.map((name) => name.trim()),
      bom: true,
      trim: true,
      skip_empty_lines: true,
      info: true,
    })
    return rows.map(({ record, info }) => ({ line: info.lines, row: record }))
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const line = typeof error.lines === 'number' ? `line ${error.lines}` : ''
    complaints.add(
      file,
      line,
      `is not CSV: ${error.message}`,
      'Commas between fields, double quotes around text with commas.',
    )
    return []
  }
}
