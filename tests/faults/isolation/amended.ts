import { type Json, ok, type Person, until } from '../../system/clinic.ts'
import { SECRET } from './recorded.ts'

/** The note of a bill is unlocked, and signed again with other units: billing is told, and a biller settles what differs (E-11, B-06). */
export async function playAmended({ billing, ehr }: Person, billId: string): Promise<void> {
  const path = `/v1/billing-encounters/${billId}`
  const { encounterId } = await ok(billing.get(path))
  const note = `/v1/encounters/${encounterId}`
  const { version } = await ok(ehr.get(note))
  await ok(ehr.post(`${note}/unlock`, { reason: `${SECRET} had three units` }, { ifMatch: version }))
  const { content, version: opened } = await ok(ehr.get(note))
  const procedures = content.procedures.map(({ description: _, ...line }: Json) => ({ ...line, units: 3 }))
  const diagnoses = content.diagnoses.map(({ code }: Json) => ({ code }))
  await ok(ehr.put(`${note}/draft`, { ...content, diagnoses, procedures }, { ifMatch: opened }))
  await ok(ehr.post(`${note}/sign`, { confirmed: true }))
  const { releases } = await until(
    () => ok(billing.get(path)),
    (bill) => bill.releases.some(({ waits }: Json) => waits),
    'the amended note to wait for a biller',
  )
  const { releaseId } = releases.find(({ waits }: Json) => waits)
  await ok(billing.post(`/v1/encounter-releases/${releaseId}/settle`, { note: 'Seen' }))
}
