import type { PracticeVisit } from '../practice/calendar.ts'
import type { Practice } from '../practice/folder.ts'
import type { VisitPlan } from '../practice/visits.ts'
import type { Desk } from './desk.ts'
import type { People } from './people.ts'
import type { Ids } from './set-up.ts'

/** A visit of the folder and what it became. */
export interface PlayedVisit {
  readonly visit: PracticeVisit
  readonly plan: VisitPlan | undefined
  readonly patientName: string
  readonly appointmentId: string
  encounterId?: string
  billingEncounterId?: string
  statementId?: string
}

/** What a part of the day needs to know. */
export interface Scene {
  readonly desk: Desk
  readonly people: People
  readonly practice: Practice
  readonly ids: Ids
  /** Whether a session can be completed with payment type online. */
  readonly paysOnline: boolean
  readonly say: (what: string) => void
}
