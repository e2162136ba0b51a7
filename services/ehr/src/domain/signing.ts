import { type Refusal, refuse } from '@praxisbus/runtime/refusal.ts'
import type { Status } from './encounter.ts'

export interface Signing {
  /** Role being signed. */
  readonly role: string
  /** The encounter's status with this signature. */
  readonly status: Exclude<Status, 'draft'>
  /** Roles that are still to sign. */
  readonly openRoles: readonly string[]
}

export interface SigningState {
  readonly number: number
  readonly signerRoles: readonly string[]
  readonly signedRoles: readonly string[]
}

export type SigningRefusal = Refusal<
  'already_signed' | 'role_not_in_template' | 'role_already_signed' | 'role_not_held' | 'role_required'
>

/**
 * Which role this person signs, and what the encounter is then (E-04, E-07). The role may be left out where exactly one
 * is possible. Refuses already_signed, role_not_in_template, role_already_signed, role_not_held, role_required.
 */
export function decideSigning(
  { number, signerRoles, signedRoles }: SigningState,
  heldRoles: readonly string[],
  wanted: string | undefined,
): Signing | SigningRefusal {
  const open = signerRoles.filter((role) => !signedRoles.includes(role))
  if (open.length === 0)
    return refuse('already_signed', {
      detail: `Encounter ${number} is signed by all required roles.`,
      next: 'Nothing is left to sign.',
    })
  const role = wanted ?? onlyRole(open, signerRoles, heldRoles)
  if (typeof role !== 'string') return role
  const refusal = mayAct(role, { signerRoles, signedRoles }, heldRoles)
  if (refusal) return refusal
  const openRoles = open.filter((other) => other !== role)
  return { role, status: openRoles.length === 0 ? 'signed' : 'review', openRoles }
}

function onlyRole(
  open: readonly string[],
  signerRoles: readonly string[],
  heldRoles: readonly string[],
): string | SigningRefusal {
  const possible = open.filter((role) => heldRoles.includes(role))
  if (possible.length === 1) return possible[0]!
  if (possible.length > 1)
    return refuse('role_required', {
      field: 'role',
      detail: `You can sign as ${possible.join(' or ')}.`,
      next: 'Say in `role` which one this signature is for.',
      extra: { roles: possible },
    })
  const signed = signerRoles.find((role) => heldRoles.includes(role))
  return signed === undefined ? notHeld(open) : alreadySigned(signed)
}

function mayAct(
  role: string,
  { signerRoles, signedRoles }: Pick<SigningState, 'signerRoles' | 'signedRoles'>,
  heldRoles: readonly string[],
): SigningRefusal | undefined {
  if (!signerRoles.includes(role))
    return refuse('role_not_in_template', {
      field: 'role',
      detail: `This encounter takes no signature as ${role}.`,
      next: `It takes: ${signerRoles.join(', ')}.`,
    })
  if (signedRoles.includes(role)) return alreadySigned(role)
  return heldRoles.includes(role) ? undefined : notHeld([role])
}

function alreadySigned(role: string): SigningRefusal {
  return refuse('role_already_signed', {
    field: 'role',
    detail: `This encounter is already signed as ${role}.`,
    next: 'Leave the other roles to those who hold them.',
  })
}

function notHeld(roles: readonly string[]): SigningRefusal {
  return refuse('role_not_held', {
    field: 'role',
    detail: `You do not hold the role ${roles.join(' or ')}.`,
    next: 'Ask somebody who holds it to sign, or your administrator for the role.',
  })
}
