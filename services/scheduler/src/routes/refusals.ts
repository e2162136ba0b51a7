import { z } from 'zod'
import { id } from '../domain/input.ts'

/** What several routes say of the same: parameters, and refusals with their status. */
export const appointmentId = z.strictObject({ appointmentId: id })
export const found = { practice_not_set_up: 409, not_found: 404 } as const

/** What hangs on a visit that has begun. */
export const inTheWay = {
  peer_refused: 409,
  payment_applied: 409,
  money_in_escrow: 409,
  bill_open: 409,
  note_signed: 409,
  billing_catching_up: 409,
} as const
export const visit = { ...found, not_a_visit: 409 } as const

/** What an appointment refers to, and the times it is to have. */
export const scheduling = {
  unknown_time_zone: 400,
  end_not_after_start: 400,
  too_long: 400,
  practitioner_not_available: 409,
  location_not_available: 409,
  room_not_available: 409,
  room_elsewhere: 409,
  service_not_available: 409,
  too_many_modifiers: 409,
  reminder_without_consent: 409,
} as const
export const recurring = { until_before_start: 400, start_outside_rule: 400, series_too_long: 400 } as const
export const inSeries = {
  scheduler_off: 409,
  not_recurring: 409,
  occurrence_has_begun: 409,
  appointment_deleted: 410,
  appointment_cancelled: 409,
  still_pending: 409,
  does_not_fit_kind: 400,
  ...scheduling,
  ...recurring,
  ...inTheWay,
} as const
export const changing = {
  ...found,
  ...inSeries,
  already_completed: 409,
  plan_changed: 409,
  kept_in_google: 409,
} as const
