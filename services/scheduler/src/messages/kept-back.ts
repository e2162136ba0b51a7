import { sql } from '@praxisbus/runtime'
import { acting, type Sending, timeIn } from './acting.ts'
import { planReminders } from './plan.ts'

export const PLANNED_AT_ONCE = 500

interface Found {
  readonly practiceId: string
  readonly appointmentId: string
}

/** Plans again what a clock that stood wrong, or a channel that was not set up, kept back and may still be of use. */
export async function planKeptBack(settings: Sending): Promise<number> {
  const ready = Object.keys(settings.carriers)
  const found = await settings.relay.plain(async (tx) => {
    const now = (await timeIn(settings, tx)).toString()
    return tx.many<Found>(sql`
      select distinct practice_id, appointment_id from patient_message
       where state in ('failed', 'dropped') and starts_at > ${now}
         and (reason = 'too-late' or (reason = 'channel-not-set-up' and channel = any(${ready})))
       limit ${PLANNED_AT_ONCE}`)
  })
  return planAll(settings, found)
}

/**
 * Plans what nobody has planned: of appointments made before there were messages, or by a process of that time beside this one. It
 * compares whole tables (1.2 s for 200,000 reminders on a machine under load), so it is not asked every minute.
 */
export async function planUnplanned(settings: Sending): Promise<number> {
  const found = await settings.relay.plain((tx) =>
    tx.many<Found>(sql`
      select distinct practice_id, appointment_id from appointment_reminder as asked
       where not exists (select from patient_message as message
                          where message.practice_id = asked.practice_id and message.appointment_id = asked.appointment_id)
       limit ${PLANNED_AT_ONCE}`),
  )
  return planAll(settings, found)
}

async function planAll(settings: Sending, found: readonly Found[]): Promise<number> {
  for (const { practiceId, appointmentId } of found) {
    await acting(settings, practiceId, async (ctx) => {
      const free = await ctx.tx.maybe(
        sql`select from appointment where id = ${appointmentId} for update skip locked`,
      )
      if (free) await planReminders(ctx, appointmentId)
    })
  }
  return found.length
}
