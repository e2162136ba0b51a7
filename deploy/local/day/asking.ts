import type { Desk } from './desk.ts'
import type { Events } from './events.ts'
import type { People } from './people.ts'
import type { Questions } from './questions.ts'

/** Ways to ask. */
export interface Asking {
  readonly desk: Desk
  readonly people: People
  readonly questions: Questions
  readonly events: Events
}
