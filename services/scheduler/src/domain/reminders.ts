import { type Refusal, refuse } from '@praxisbus/runtime/refusal.ts'
import { z } from 'zod'

export const channel = z.enum(['email', 'phone', 'text'])
export type Channel = z.infer<typeof channel>
export type Consents = Readonly<Record<Channel, boolean>>

export const reminder = z.strictObject({
  channel,
  daysAhead: z.int().min(1, 'must be 1 to 5 days').max(5, 'must be 1 to 5 days'),
})
export type Reminder = z.infer<typeof reminder>

/** S-10: at most two, and not the same one twice. */
export const reminders = z
  .array(reminder)
  .max(2, 'at most two reminders')
  .refine(
    ([a, b]) => !(a && b && a.channel === b.channel && a.daysAhead === b.daysAhead),
    'names a reminder twice',
  )

/** S-10: reminders go only over channels that the patient agreed to. Names the first that is not among them. */
export function checkReminders(
  asked: readonly Reminder[],
  consents: Consents,
): Refusal<'reminder_without_consent'> | undefined {
  const index = asked.findIndex((entry) => !consents[entry.channel])
  if (index < 0) return undefined
  const { channel } = asked[index]!
  return refuse('reminder_without_consent', {
    field: `reminders.${index}.channel`,
    detail: `The patient has not agreed to reminders by ${channel}.`,
    next: `Choose another channel, or note the patient's consent (reminderConsents.${channel}) first.`,
  })
}
