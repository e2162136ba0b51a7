import { sql, type Tx } from '@praxisbus/runtime'

/** The practice's own zone; UTC until its record has come. */
export async function timeZoneOf(tx: Tx, practiceId: string): Promise<string> {
  const practice = await tx.maybe<{ timeZone: string }>(
    sql`select time_zone from practice_replica where practice_id = ${practiceId}`,
  )
  return practice?.timeZone ?? 'UTC'
}

/** The day on which an instant falls there. */
export function dayIn(timeZone: string, instant: Temporal.Instant): string {
  return instant.toZonedDateTimeISO(timeZone).toPlainDate().toString()
}

/** The day on the practice's own calendar. */
export async function todayOf(tx: Tx, practiceId: string, now: Temporal.Instant): Promise<string> {
  return dayIn(await timeZoneOf(tx, practiceId), now)
}
