import { describe, expect, test } from '@jest/globals'
import { extractText, getDocumentProxy, getMeta } from 'unpdf'
import { type EncounterDocument, encounterPdf } from './encounter-pdf.ts'

const DOCUMENT: EncounterDocument = {
  practice: { name: 'Lakeside Counseling', timeZone: 'America/Chicago' },
  patient: { name: 'Ann Smith', birthDate: null },
  practitionerName: 'Ana Ruiz, LCSW',
  contentVersion: 1,
  encounterNumber: 12,
  templateName: 'Progress note',
  serviceDate: '2026-11-01',
  forVisit: true,
  plugins: ['narrative', 'vitals', 'diagnosis', 'procedure'],
  content: {
    narrative: 'First line.\n\nThird line.',
    vitals: { systolicMmHg: 120, temperatureCelsius: 36.8 },
    diagnoses: [{ code: 'F32.1', description: 'Major depressive disorder' }],
    procedures: [
      { code: '90834', description: 'Psychotherapy', units: 1, modifiers: ['95'], diagnosisPointers: [1] },
    ],
  },
  // In the hour that the clock shows twice.
  signatures: [{ role: 'therapist', signerName: 'Ana Ruiz, LCSW', signedAt: '2026-11-01T07:30:05.250Z' }],
  openRoles: [],
  madeAt: '2026-11-01T07:30:05.250Z',
}

const pages = async (document: EncounterDocument) =>
  (await extractText(new Uint8Array(await encounterPdf(document)))).text

describe('E-05 the bytes of an encounter’s PDF', () => {
  test('E-05 are the same for the same content, and others for other content', async () => {
    const first = await encounterPdf(DOCUMENT)
    expect((await encounterPdf(DOCUMENT)).equals(first)).toBe(true)
    const other = { ...DOCUMENT, content: { ...DOCUMENT.content, narrative: 'Other.' } }
    expect((await encounterPdf(other)).equals(first)).toBe(false)
    expect((await encounterPdf({ ...DOCUMENT, madeAt: '2026-11-01T07:30:06Z' })).equals(first)).toBe(false)
  })

  test('E-05 do not depend on documents made before: the two letters fi and the one character ﬁ share a glyph', async () => {
    const rawText = async (narrative: string) => {
      const content = { ...DOCUMENT.content, narrative }
      // A date, as the words in place of one have an fi of their own.
      const patient = { name: 'Ann Smith', birthDate: '1984-02-29' }
      const bytes = await encounterPdf({ ...DOCUMENT, patient, content })
      const pdf = await getDocumentProxy(new Uint8Array(bytes))
      const { items } = await (await pdf.getPage(1)).getTextContent({ disableNormalization: true })
      return items.map((item) => ('str' in item ? item.str : '')).join(' ')
    }
    for (const narrative of ['five', 'ﬁve', 'five']) expect(await rawText(narrative)).toContain(narrative)
  })

  test('E-05 carry the title and the instant of the signature', async () => {
    const { info } = await getMeta(new Uint8Array(await encounterPdf(DOCUMENT)))
    expect(info).toMatchObject({ Title: 'Encounter 12: Ann Smith', CreationDate: 'D:20261101073005Z' })
  })
})

describe('E-09 what an encounter’s PDF shows', () => {
  test('E-09 everything, in the template’s order', async () => {
    const [text] = await pages(DOCUMENT)
    const parts = [
      'Lakeside Counseling',
      'Progress note',
      'Ann Smith',
      'not on file',
      'First line.',
      'Third line.',
      '120/– mmHg',
      '36.8 °C',
      'F32.1',
      'Psychotherapy',
      'Ana Ruiz, LCSW (therapist)',
      '2026-11-01 01:30:05 America/Chicago (-06:00)',
    ]
    for (const part of parts) expect(text).toContain(part)
    const turned = await pages({ ...DOCUMENT, plugins: ['procedure', 'narrative'] })
    expect(turned[0]!.indexOf('Procedures')).toBeLessThan(turned[0]!.indexOf('Narrative'))
    expect(turned[0]).not.toContain('Diagnoses (ICD')
  })

  test('E-09 says which roles are still to sign', async () => {
    const [text] = await pages({ ...DOCUMENT, openRoles: ['supervisor'] })
    expect(text).toContain('In review: 1 of 2 signatures')
    expect(text).toContain('Still to sign: supervisor')
  })

  test('E-09 says where a plugin is empty', async () => {
    const content = { narrative: '', vitals: {}, diagnoses: [], procedures: [] }
    const [text] = await pages({ ...DOCUMENT, content })
    expect(text!.match(/Nothing was entered\./g)).toHaveLength(4)
  })

  test('E-09 goes over as many pages as it takes, each numbered, the heads of tables repeated', async () => {
    const diagnoses = Array.from({ length: 50 }, (_, index) => ({
      code: `F${10 + index}`,
      description: `A description that is long enough for a second line of the table, `.repeat(3),
    }))
    const narrative = `${'Many words. '.repeat(800)}\nLast word.`
    const text = await pages({ ...DOCUMENT, content: { ...DOCUMENT.content, narrative, diagnoses } })
    expect(text.length).toBeGreaterThan(4)
    text.forEach((page, index) => {
      expect(page).toContain(`Page ${index + 1} of ${text.length}`)
      expect(page).toContain('Lakeside Counseling · Ann Smith · Encounter 12')
    })
    expect(text.filter((page) => page.includes('Description')).length).toBeGreaterThan(2)
    expect(text.join(' ')).toContain('Last word.')
  })

  test('E-09 keeps the footer to one line, however long the names are', async () => {
    const long = { ...DOCUMENT, patient: { name: '王'.repeat(200), birthDate: null } }
    const text = await pages(long)
    expect(text).toHaveLength(1)
    expect(text[0]).toContain(`${'王'.repeat(39)}…`)
  })
})
