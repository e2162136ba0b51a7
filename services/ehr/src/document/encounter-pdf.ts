import type { Content, Plugin, Vitals } from '../domain/content.ts'
import { Page } from './page.ts'

/** Everything that an encounter's document shows. The same data give the same bytes. */
export interface EncounterDocument {
  readonly practice: { readonly name: string; readonly timeZone: string }
  readonly patient: { readonly name: string; readonly birthDate: string | null }
  readonly practitionerName: string
  readonly encounterNumber: number
  /** Above 1 the note was unlocked and signed again (E-11). */
  readonly contentVersion: number
  readonly templateName: string
  readonly serviceDate: string
  readonly forVisit: boolean
  readonly plugins: readonly Plugin[]
  readonly content: Content
  /** In the order in which they were made. */
  readonly signatures: readonly {
    readonly role: string
    readonly signerName: string
    readonly signedAt: string
  }[]
  readonly openRoles: readonly string[]
  /** The instant of the newest signature. */
  readonly madeAt: string
}

/** The encounter as a PDF (E-05, E-09): US letter, any script, each signature with the provider's role in parentheses. */
export async function encounterPdf(document: EncounterDocument): Promise<Buffer> {
  const title = `Encounter ${document.encounterNumber}: ${document.patient.name}`
  const page = new Page(title, new Date(document.madeAt))
  head(page, document)
  for (const plugin of document.plugins) await SECTIONS[plugin](page, document.content)
  signatures(page, document)
  const { practice, patient, encounterNumber } = document
  return page.finish(
    `${shortened(practice.name)} · ${shortened(patient.name)} · Encounter ${encounterNumber}`,
  )
}

/** The footer is one line; the whole name stands on the first page. */
function shortened(name: string): string {
  const characters = [...name]
  return characters.length <= 40 ? name : `${characters.slice(0, 39).join('')}…`
}

function head(page: Page, document: EncounterDocument): void {
  const top = page.doc.y
  page.write(`Encounter ${document.encounterNumber}`, { face: 'bold', size: 11 }, { y: top, align: 'right' })
  page.write(document.practice.name, { face: 'bold', size: 16 }, { y: top, width: page.width - 130 })
  page.write(document.templateName, { size: 11, pale: true })
  page.space(6)
  page.rule()
  page.space(10)
  page.grid(
    [
      ['Patient', document.patient.name],
      ['Date of birth', document.patient.birthDate ?? 'not on file'],
      ['Provider', document.practitionerName],
      ['Date of service', document.serviceDate],
      ['Encounter', document.forVisit ? 'of a scheduled visit' : 'free-standing'],
      ['Status', statusLine(document)],
      ...versionOf(document),
    ],
    3,
  )
}

/** Nothing on a first version, which is most of them. */
function versionOf({ contentVersion }: EncounterDocument): [string, string][] {
  return contentVersion === 1
    ? []
    : [['Version', `${contentVersion}, in place of version ${contentVersion - 1}`]]
}

function statusLine({ signatures: made, openRoles }: EncounterDocument): string {
  if (openRoles.length === 0) return 'Signed'
  return `In review: ${made.length} of ${made.length + openRoles.length} signatures`
}

const SECTIONS: Record<Plugin, (page: Page, content: Content) => Promise<void> | void> = {
  narrative: (page, { narrative }) => {
    page.heading('Narrative')
    if (narrative === '') return none(page)
    return page.writeAtLength(narrative, { size: 10 })
  },
  vitals: (page, content) => {
    page.heading('Vitals')
    const taken = VITALS.flatMap(([name, value]) => {
      const text = value(content.vitals)
      return text === undefined ? [] : [[name, text] as const]
    })
    if (taken.length === 0) return none(page)
    page.grid(taken, 4)
  },
  diagnosis: (page, { diagnoses }) => {
    page.heading('Diagnoses (ICD-10-CM)')
    if (diagnoses.length === 0) return none(page)
    return page.table(
      [
        { title: 'No.', share: 0.07 },
        { title: 'Code', share: 0.13 },
        { title: 'Description', share: 0.8 },
      ],
      diagnoses.map(({ code, description }, index) => [String(index + 1), code, description]),
    )
  },
  procedure: (page, { procedures }) => {
    page.heading('Procedures (CPT/HCPCS)')
    if (procedures.length === 0) return none(page)
    return page.table(
      [
        { title: 'Code', share: 0.12 },
        { title: 'Description', share: 0.48 },
        { title: 'Units', share: 0.08 },
        { title: 'Modifiers', share: 0.16 },
        { title: 'Diagnoses', share: 0.16 },
      ],
      procedures.map((line) => [
        line.code,
        line.description,
        String(line.units),
        line.modifiers.join(', '),
        line.diagnosisPointers.join(', '),
      ]),
    )
  },
}

function none(page: Page): void {
  page.write('Nothing was entered.', { pale: true })
}

function unit<Name extends keyof Vitals>(name: Name, text: string) {
  return (vitals: Vitals) => (vitals[name] === undefined ? undefined : `${vitals[name]} ${text}`)
}

const VITALS: readonly (readonly [string, (vitals: Vitals) => string | undefined])[] = [
  ['Height', unit('heightCm', 'cm')],
  ['Weight', unit('weightKg', 'kg')],
  ['Blood pressure', bloodPressure],
  ['Heart rate', unit('heartRatePerMinute', '/min')],
  ['Respiratory rate', unit('respiratoryRatePerMinute', '/min')],
  ['Temperature', unit('temperatureCelsius', '°C')],
  ['Oxygen saturation', unit('oxygenSaturationPercent', '%')],
  ['Blood glucose', unit('bloodGlucoseMgPerDl', 'mg/dl')],
]

function bloodPressure({ systolicMmHg, diastolicMmHg }: Vitals): string | undefined {
  if (systolicMmHg === undefined && diastolicMmHg === undefined) return undefined
  return `${systolicMmHg ?? '–'}/${diastolicMmHg ?? '–'} mmHg`
}

function signatures(page: Page, { signatures: made, openRoles, practice }: EncounterDocument): void {
  page.heading('Signatures', 32 * made.length + 14)
  for (const { role, signerName, signedAt } of made) {
    page.write(`${signerName} (${role})`, { face: 'bold' })
    page.write(`signed electronically on ${wallClock(signedAt, practice.timeZone)}`, { pale: true })
    page.space(5)
  }
  if (openRoles.length > 0) page.write(`Still to sign: ${openRoles.join(', ')}`, { pale: true })
}

/** `2026-11-21 14:05:09 America/Chicago (-06:00)`: a reader in any zone, and in the doubled hour of autumn, knows when. */
function wallClock(instant: string, timeZone: string): string {
  const local = Temporal.Instant.from(instant).toZonedDateTimeISO(timeZone)
  return `${local.toPlainDate()} ${local.toPlainTime().toString({ smallestUnit: 'second' })} ${timeZone} (${local.offset})`
}
