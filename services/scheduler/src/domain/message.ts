import { z } from 'zod'
import { channel } from './reminders.ts'

/** What goes out to a patient about an appointment (S-09, S-10, S-11). */
export const messageKind = z.enum(['reminder', 'confirmation', 'feedback'])
export type MessageKind = z.infer<typeof messageKind>

export const messageState = z.enum(['waiting', 'sending', 'sent', 'unknown', 'failed', 'dropped'])
export type MessageState = z.infer<typeof messageState>

/** Why something was not sent that should have been: somebody has to look. */
export const failReason = z.enum([
  'consent-withdrawn',
  'channel-not-set-up',
  'refused',
  'gave-up',
  'too-late',
  'outcome-unknown',
])
export type FailReason = z.infer<typeof failReason>

/** Why something is not wanted any more. `too-late`: it was, when it was planned. */
export const dropReason = z.enum([
  'cancelled',
  'deleted',
  'arrived',
  'completed',
  'not-booked',
  'removed',
  'too-late',
  'overtaken',
  'superseded',
])
export type DropReason = z.infer<typeof dropReason>

export const messageReason = z.union([failReason, dropReason])
export { channel }

/** In words, for whoever looks at the list. */
export const REASONS: Readonly<Record<FailReason | DropReason, string>> = {
  'consent-withdrawn': 'The patient has no consent or contact for this channel any more.',
  'channel-not-set-up': 'This installation has nothing set up to send over this channel.',
  refused: 'The other side refused it for good.',
  'gave-up': 'It could not be sent in all attempts.',
  'too-late': 'Its time was over before it could be sent.',
  'outcome-unknown': 'It may have gone out: the other side never answered.',
  cancelled: 'The appointment was cancelled.',
  deleted: 'The appointment was deleted.',
  arrived: 'The patient was checked in.',
  completed: 'The session was marked complete.',
  'not-booked': 'The appointment is not booked.',
  removed: 'The appointment does not ask for it any more.',
  overtaken: 'A later one over the same channel says the same.',
  superseded: 'The appointment was moved; another tells of the new time.',
}
