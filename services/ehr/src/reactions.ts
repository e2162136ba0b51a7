import {
  AppointmentCancelled,
  AppointmentChanged,
  AppointmentDeleted,
  AppointmentRescheduled,
  AppointmentRestored,
  AppointmentScheduled,
  PatientChanged,
  PracticeChanged,
  PractitionerChanged,
  RenderingProviderChanged,
} from '@praxisbus/contracts'
import { type Reaction, reaction } from '@praxisbus/runtime'
import { onAppointmentCancelled, onAppointmentRestored } from './reactions/on-appointment-cancelled.ts'
import { onAppointmentDeleted } from './reactions/on-appointment-deleted.ts'
import { onAppointmentPlaced } from './reactions/on-appointment-scheduled.ts'
import { onPatientChanged } from './reactions/on-patient-changed.ts'
import { onPracticeChanged } from './reactions/on-practice-changed.ts'
import { onPractitionerChanged } from './reactions/on-practitioner-changed.ts'
import { onRenderingProviderChanged } from './reactions/on-rendering-provider-changed.ts'

/** Table of contents: fact of another service -> what happens here. */
export const reactions: Reaction[] = [
  reaction(PracticeChanged, onPracticeChanged),
  reaction(PractitionerChanged, onPractitionerChanged),
  reaction(PatientChanged, onPatientChanged),
  reaction(AppointmentScheduled, onAppointmentPlaced),
  reaction(AppointmentRescheduled, onAppointmentPlaced),
  reaction(AppointmentChanged, onAppointmentPlaced),
  reaction(AppointmentDeleted, onAppointmentDeleted),
  reaction(AppointmentCancelled, onAppointmentCancelled),
  reaction(AppointmentRestored, onAppointmentRestored),
  reaction(RenderingProviderChanged, onRenderingProviderChanged),
]
