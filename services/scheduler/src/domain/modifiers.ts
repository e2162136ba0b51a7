import { type Refusal, refuse } from '@praxisbus/runtime/refusal.ts'

/** CMS place-of-service codes of telehealth: elsewhere than in the patient's home, and in it. */
const TELEHEALTH_PLACES: readonly string[] = ['02', '10']
/** Synchronous telemedicine service (CPT appendix A). */
export const TELEHEALTH_MODIFIER = '95'
/** A claim line has room for four (CMS-1500, item 24D). */
const MOST = 4

export interface Modifiers {
  /** In the order of the claim line. */
  readonly all: readonly string[]
  /** Those that no person typed: they go away with the location. */
  readonly automatic: readonly string[]
}

/** S-04: a telehealth location adds 95 by itself. Refuses `too_many_modifiers` where that would be the fifth. */
export function modifiersFor(
  typed: readonly string[],
  placeOfService: string | null,
): Modifiers | Refusal<'too_many_modifiers'> {
  const adds =
    placeOfService !== null &&
    TELEHEALTH_PLACES.includes(placeOfService) &&
    !typed.includes(TELEHEALTH_MODIFIER)
  if (!adds) return { all: typed, automatic: [] }
  if (typed.length >= MOST) {
    return refuse('too_many_modifiers', {
      field: 'modifiers',
      detail: `The telehealth location (place of service ${placeOfService}) adds modifier ${TELEHEALTH_MODIFIER}, and a line takes ${MOST}.`,
      next: 'Take one of the four modifiers away, or choose another location.',
    })
  }
  return { all: [...typed, TELEHEALTH_MODIFIER], automatic: [TELEHEALTH_MODIFIER] }
}
