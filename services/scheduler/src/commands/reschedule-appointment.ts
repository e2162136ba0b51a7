import type { CommandContext } from '@praxisbus/runtime'
import type { PracticeAnswer } from '../answers.ts'
import type { RescheduleInput } from '../domain/change.ts'
import type { Peers } from '../visit-state.ts'
import { changeAppointment } from './change-appointment.ts'

/**
 * S-17: what dragging an appointment on the calendar does: another time, practitioner or room. Refuses what changing it
 * refuses; a request that is still pending is not moved (`still_pending`).
 */
export function rescheduleAppointment(peers: Peers) {
  const change = changeAppointment(peers)
  return (
    ctx: CommandContext,
    input: RescheduleInput & { readonly appointmentId: string },
    practice: PracticeAnswer,
  ) => change(ctx, input, practice)
}
