import { z } from 'zod'

/** What an appointment is (S-02, S-05, S-06, S-07). Only the last has no patient. */
export const kind = z.enum(['client-session', 'client-contact', 'collateral-contact', 'other-event'])
export type Kind = z.infer<typeof kind>

/** How a contact was made (S-05). */
export const medium = z.enum(['phone', 'in-person', 'email', 'text', 'video', 'mail', 'other'])

/** With whom a collateral contact was (S-06). */
export const contactWith = z.enum([
  'parent-guardian',
  'spouse',
  'family',
  'psychologist',
  'psychiatrist',
  'physician',
  'caseworker',
  'school',
  'attorney',
  'other',
])

/** Busy keeps patients from booking that time online, free does not (S-07). */
export const showAs = z.enum(['busy', 'free'])

/** What the rules below look at; everything else fits every kind. */
export interface OfSomeKind {
  readonly kind: Kind
  readonly patientId?: string | undefined
  readonly newPatient?: unknown
  readonly medium: string | null
  readonly contactWith: string | null
  readonly title: string | null
  readonly showAs: string
  readonly services: readonly unknown[]
  readonly modifiers: readonly unknown[]
  readonly reminders: readonly unknown[]
  readonly sessionBridge: boolean
  readonly sendConfirmation?: boolean
}

interface Rule {
  readonly path: string
  readonly message: string
  readonly holds: (input: OfSomeKind) => boolean
}

const withPatient = ({ kind }: OfSomeKind) => kind !== 'other-event'
const isContact = ({ kind }: OfSomeKind) => kind === 'client-contact' || kind === 'collateral-contact'
const noPatient = 'does not go with an other-event, which has no patient'

/** Which fields a kind needs and which it does not have. Each holds, or names its field. */
export const KIND_RULES: readonly Rule[] = [
  {
    path: 'patientId',
    message: 'is required, or newPatient with a name',
    holds: (input) => !withPatient(input) || input.patientId !== undefined || input.newPatient !== undefined,
  },
  {
    path: 'newPatient',
    message: 'cannot stand beside patientId',
    holds: (input) => input.patientId === undefined || input.newPatient === undefined,
  },
  {
    path: 'medium',
    message: 'is required of a contact',
    holds: (input) => !isContact(input) || !!input.medium,
  },
  {
    path: 'medium',
    message: 'goes with kind client-contact or collateral-contact only',
    holds: (input) => isContact(input) || !input.medium,
  },
  {
    path: 'contactWith',
    message: 'is required of a collateral contact',
    holds: ({ kind, contactWith }) => kind !== 'collateral-contact' || !!contactWith,
  },
  {
    path: 'contactWith',
    message: 'goes with kind collateral-contact only',
    holds: ({ kind, contactWith }) => kind === 'collateral-contact' || !contactWith,
  },
  {
    path: 'title',
    message: 'is required of an other-event',
    holds: (input) => withPatient(input) || !!input.title,
  },
  {
    path: 'title',
    message: 'goes with kind other-event only',
    holds: (input) => !withPatient(input) || !input.title,
  },
  {
    path: 'showAs',
    message: 'is busy for everything but an other-event',
    holds: (input) => !withPatient(input) || input.showAs === 'busy',
  },
  {
    path: 'patientId',
    message: noPatient,
    holds: (input) => withPatient(input) || input.patientId === undefined,
  },
  {
    path: 'newPatient',
    message: noPatient,
    holds: (input) => withPatient(input) || input.newPatient === undefined,
  },
  ...(['services', 'modifiers', 'reminders'] as const).map((path) => ({
    path,
    message: noPatient,
    holds: (input: OfSomeKind) => withPatient(input) || input[path].length === 0,
  })),
  ...(['sessionBridge', 'sendConfirmation'] as const).map((path) => ({
    path,
    message: noPatient,
    holds: (input: OfSomeKind) => withPatient(input) || !input[path],
  })),
]
