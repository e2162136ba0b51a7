import type { Reaction } from '@praxisbus/runtime'
import { onAppointmentCancelled, onAppointmentRestored } from './reactions/on-appointment-cancelled.ts'
import { onAppointmentCheckedIn } from './reactions/on-appointment-checked-in.ts'
import { onAppointmentDeleted } from './reactions/on-appointment-deleted.ts'
import { onEncounterReleased } from './reactions/on-encounter-released.ts'
import { onEncounterSigned, onEncounterUnlocked } from './reactions/on-encounter-unlocked.ts'
import { onSessionCompleted } from './reactions/on-session-completed.ts'
import { onPatientChanged, onPracticeChanged, onPractitionerChanged } from './reactions/replicas.ts'

/** Topic -> reaction. */
export function reactions(settings: { readonly mailFrom: string }): Reaction[] {
  return [
    onPracticeChanged,
    onPatientChanged,
    onPractitionerChanged,
    onEncounterReleased,
    onEncounterUnlocked,
    onEncounterSigned,
    onSessionCompleted(settings),
    onAppointmentCheckedIn,
    onAppointmentCancelled,
    onAppointmentRestored,
    onAppointmentDeleted,
  ]
}
