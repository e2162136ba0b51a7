import { sql } from '@praxisbus/runtime'
import { planReminders } from './plan.ts'
import { acting, type Sending, timeIn } from './send.ts'

const AT_ONCE = 500

/**
 * Plans again what a clock that stood wrong, or a channel that was not set up, kept back and may still be of use; and what nobody
 * has planned: appointments made before there were messages, or by a process of that time beside this one.
 */
export async function planKeptBack(settings: Sending): Promise<number> {
  const ready = Object.keys(settings.carriers)
  const found = await settings.relay.plain(async (tx) => {
    const now = (await timeIn(settings, tx)).toString()
    return tx.many<{ practiceId: string; appointmentId: string }>(sql`
      (select distinct practice_id, appointment_id from patient_message
        where state in ('failed', 'dropped') and starts_at > ${now}
          and (reason = 'too-late' or (reason = 'channel-not-set-up' and channel = any(${ready})))
        limit ${AT_ONCE})
      union
      (select distinct practice_id, appointment_id from appointment_reminder as asked
        where not exists (select from patient_message as message
                           where message.practice_id = asked.practice_id and message.appointment_id = asked.appointment_id)
        limit ${AT_ONCE})`)
  })
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
