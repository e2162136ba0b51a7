import { newId } from '@praxisbus/runtime'
import { type Json, ok, type Person, until } from '../../system/clinic.ts'
import { rowsOf } from '../rows.ts'

/**
 * The note of a bill is released once more with other units, and a biller settles what differs. The EHR does not unlock notes yet:
 * its fact is said again as it would then be.
 */
export async function playAmended({ billing }: Person, billId: string, ehrUrl: string): Promise<void> {
  const path = `/v1/billing-encounters/${billId}`
  const { encounterId } = await ok(billing.get(path))
  const eventId = newId()
  await rowsOf(
    ehrUrl,
    `insert into outbox (practice_id, event_id, topic, key, type, sequence, headers, body)
     select practice_id, $2::uuid, topic, key, type, sequence + 1000,
            headers || jsonb_build_object('ce_id', $2::text, 'ce_sequence', (sequence + 1000)::text),
            jsonb_set(jsonb_set(body::jsonb, '{procedures,0,units}', '3'), '{releasedAt}', '"2099-01-01T00:00:00Z"')::text
       from outbox where topic like '%encounter.released' and key = $1`,
    [encounterId, eventId],
  )
  const { releases } = await until(
    () => ok(billing.get(path)),
    (bill) => bill.releases.some(({ waits }: Json) => waits),
    'the amended note to wait for a biller',
  )
  const { releaseId } = releases.find(({ waits }: Json) => waits)
  await ok(billing.post(`/v1/encounter-releases/${releaseId}/settle`, { note: 'Seen' }))
}
