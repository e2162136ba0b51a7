import { json, sql, type Tx } from '@praxisbus/runtime'
import { ownUid } from '../domain/ical/uid.ts'
import type { Rows } from './records.ts'

export interface Known {
  readonly recurrenceKey: string
  readonly sequence: number
  readonly fingerprint: string
  readonly seriesId: string | null
  readonly appointmentIds: readonly string[]
}

/** What came into this calendar before, by UID. */
export async function knownEvents(
  tx: Tx,
  practitionerId: string,
  uids: readonly string[],
): Promise<ReadonlyMap<string, Known[]>> {
  const rows = await tx.many<Known & { uid: string }>(sql`
    select uid, recurrence_key, sequence, fingerprint, series_id, appointment_ids from imported_event
     where practitioner_id = ${practitionerId} and uid = any(${[...new Set(uids)]}::text[])`)
  return Map.groupBy(rows, ({ uid }) => uid)
}

/** Of UIDs that we wrote ourselves, those of appointments and series that the practice has. */
export async function ownEvents(
  tx: Tx,
  uids: readonly string[],
): Promise<ReadonlyMap<string, { appointmentId?: string; seriesId?: string }>> {
  const own = [...new Set(uids)].flatMap((uid) => {
    const read = ownUid(uid)
    return read ? [{ uid, ...read }] : []
  })
  if (own.length === 0) return new Map()
  const rows = await tx.many<{ id: string }>(sql`
    select id from appointment where id = any(${own.map(({ id }) => id)}::uuid[])
    union all select id from series where id = any(${own.map(({ id }) => id)}::uuid[])`)
  const there = new Set(rows.map(({ id }) => id))
  return new Map(
    own
      .filter(({ id }) => there.has(id))
      .map(({ uid, id, record }) => [uid, record === 'series' ? { seriesId: id } : { appointmentId: id }]),
  )
}

/** Keeps by what the events went in their file. */
export async function keepImported(
  tx: Tx,
  practitionerId: string,
  importedAt: string,
  { byEntry }: Rows,
): Promise<void> {
  const rows = [...byEntry].map(([{ uid, recurrenceKey, sequence, fingerprint }, { seriesId, ids }]) => ({
    ...{ uid, recurrence_key: recurrenceKey, sequence, fingerprint },
    series_id: seriesId,
    appointment_ids: ids,
  }))
  if (rows.length === 0) return
  await tx.run(sql`
    insert into imported_event (practice_id, practitioner_id, uid, recurrence_key, sequence, fingerprint, series_id,
                                appointment_ids, imported_at)
    select current_practice(), ${practitionerId}, event.*, ${importedAt}
      from jsonb_to_recordset(${json(rows)}) as event (uid text, recurrence_key text, sequence int, fingerprint text,
                                                       series_id uuid, appointment_ids uuid[])`)
}
