import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { newId, sql } from '@praxisbus/runtime'
import { extractText } from 'unpdf'
import { type Clinic, openClinic, THERAPIST } from '../testing/clinic.ts'

let clinic: Clinic
beforeAll(async () => {
  clinic = await openClinic()
})
afterAll(() => clinic.desk.close())

async function cosigned(): Promise<string> {
  const { id } = await clinic.encounter({ templateId: clinic.cosignedTemplateId })
  await clinic.therapist.post(`/v1/encounters/${id}/sign`, { confirmed: true })
  await clinic.supervisor.post(`/v1/encounters/${id}/sign`, { confirmed: true })
  return id
}

const verify = async (id: string) =>
  (await clinic.therapist.get(`/v1/encounters/${id}/document/verification`)).body
const textOf = async (pdf: Buffer) => (await extractText(new Uint8Array(pdf), { mergePages: true })).text

describe('E-05 E-09 the document of an encounter', () => {
  test('E-09 shows the encounter and each signature with the role in parentheses', async () => {
    const id = await cosigned()
    const answer = await clinic.therapist.get(`/v1/encounters/${id}/document`)
    expect(answer.headers.get('content-type')).toBe('application/pdf')
    expect(answer.headers.get('cache-control')).toBe('private, no-store')
    const text = await textOf(answer.body)
    for (const part of [
      'Lakeside Counseling',
      'Zoë Đặng 王小明',
      '1984-02-29',
      '2026-03-10',
      'Sleeps better.',
      '122/78 mmHg',
      'F41.1',
      '90834',
      'Ana Ruiz, LCSW (therapist)',
      'Bo Lindqvist (supervisor)',
      'Page 1 of 1',
    ])
      expect(text).toContain(part)
  })

  test('E-05 each signature stands on the document as it was then', async () => {
    const id = await cosigned()
    const first = await clinic.therapist.get(`/v1/encounters/${id}/document?role=therapist`)
    const text = await textOf(first.body)
    expect(text).toContain('Ana Ruiz, LCSW (therapist)')
    expect(text).toContain('Still to sign: supervisor')
    expect(text).not.toContain('Bo Lindqvist')
  })

  test('E-05 its hash proves that nothing was changed', async () => {
    const id = await cosigned()
    const proof = await verify(id)
    expect(proof).toMatchObject({
      encounterId: id,
      intact: true,
      signatures: [
        { role: 'therapist', intact: true },
        { role: 'supervisor', intact: true },
      ],
    })
    for (const { signedSha256, storedSha256 } of proof.signatures) expect(storedSha256).toBe(signedSha256)
  })

  test('E-05 one changed byte is found, though an administrator of the database changed it', async () => {
    const id = await cosigned()
    const changed = await clinic.asAdmin(sql`
      update encounter_document document set bytes = set_byte(bytes, 500, get_byte(bytes, 500) # 1)
        from encounter_signature signature
       where signature.document_id = document.id and signature.encounter_id = ${id} and role = 'therapist'`)
    expect(changed).toBe(1)
    const proof = await verify(id)
    expect(proof.intact).toBe(false)
    expect(proof.signatures.map(({ intact }: { intact: boolean }) => intact)).toEqual([false, true])
  })

  test('E-05 there is none before a signature, for an unknown encounter, or for another practice', async () => {
    const { id } = await clinic.encounter()
    const title = async (path: string, user = clinic.therapist) => {
      const { status, body } = await user.get(`/v1/encounters/${path}`)
      return [status, body.title]
    }
    expect(await title(`${id}/document`)).toEqual([404, 'No document'])
    expect(await title(`${newId()}/document`)).toEqual([404, 'Encounter not found'])
    expect(await title(`${newId()}/document/verification`)).toEqual([404, 'Encounter not found'])
    const signed = await cosigned()
    expect(await title(`${signed}/document?role=janitor`)).toEqual([404, 'No document'])
    const stranger = await clinic.desk.as({ ...THERAPIST, practiceIds: [newId()] })
    expect(await title(`${signed}/document`, stranger)).toEqual([404, 'Encounter not found'])
    expect(await verify(id)).toEqual({ encounterId: id, intact: true, signatures: [] })
  })
})
