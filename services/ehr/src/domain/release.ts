import { isRefusal, type Refusal, refuse } from '@praxisbus/runtime/refusal.ts'
import type { Diagnosis, Procedure } from './content.ts'

/** A claim (837P, CMS-1500) has room for 12 diagnoses (E-13). */
export const MAX_RELEASED_DIAGNOSES = 12

export interface Coding {
  readonly diagnoses: readonly Diagnosis[]
  /** `diagnosisPointers` are 1-based positions in `diagnoses`. */
  readonly procedures: readonly Procedure[]
}

export type ChoiceRefusal = Refusal<
  | 'diagnosis_choice_required'
  | 'too_many_diagnoses'
  | 'diagnosis_not_in_encounter'
  | 'duplicate_choice'
  | 'linked_diagnosis_left_out'
  | 'too_many_linked_diagnoses'
>
export type ReleaseRefusal = ChoiceRefusal | Refusal<'nothing_to_release'>

/**
 * What goes to billing (E-12, E-13): all coding, or the chosen diagnoses in the encounter's order with the pointers
 * renumbered to them. Refuses nothing_to_release, and a missing or wrong choice where there are more than 12 diagnoses.
 */
export function decideRelease(
  coding: Coding,
  choice: readonly string[] | undefined,
): Coding | ReleaseRefusal {
  const released = codingToSend(coding, choice, [])
  if (isRefusal(released)) return released
  return released.diagnoses.length === 0 && released.procedures.length === 0 ? nothing() : released
}

/**
 * What goes to billing where a released note was unlocked and signed with other coding (E-11): as `decideRelease`, but coding that was
 * taken away altogether goes too. `before`: the diagnoses that billing has.
 */
export function decideAmendedRelease(
  coding: Coding,
  choice: readonly string[] | undefined,
  before: readonly string[],
): Coding | ChoiceRefusal {
  return codingToSend(coding, choice, before)
}

/**
 * When a release counts as made, in milliseconds: later than the one before it, whatever the clock says. Clocks are set back, and those
 * of two replicas differ; who orders the releases of an encounter by their instant would drop the correction (E-11).
 */
export function instantOfRelease(now: Temporal.Instant, before: string | undefined): string {
  const next = before === undefined ? now : Temporal.Instant.from(before).add({ milliseconds: 1 })
  const instant = Temporal.Instant.compare(next, now) > 0 ? next : now
  return instant.toString({ smallestUnit: 'millisecond' })
}

function codingToSend(
  coding: Coding,
  choice: readonly string[] | undefined,
  before: readonly string[],
): Coding | ChoiceRefusal {
  const linked = linkedCodes(coding)
  if (linked.length > MAX_RELEASED_DIAGNOSES)
    return refuse('too_many_linked_diagnoses', {
      field: 'procedures',
      detail: `The procedures link ${linked.length} diagnoses, and a claim takes ${MAX_RELEASED_DIAGNOSES}.`,
      next: 'Take links away until at most 12 diagnoses are linked.',
      extra: { codes: linked },
    })
  if (!choice)
    return coding.diagnoses.length > MAX_RELEASED_DIAGNOSES
      ? choiceRequired(coding, [...linked, ...before])
      : coding
  return checkChoice(coding, choice, linked) ?? chosen(coding, choice)
}

function nothing(): ReleaseRefusal {
  return refuse('nothing_to_release', {
    detail: 'There is no diagnosis and no procedure to release.',
    next: 'Put the coding into the encounter first: it can be released only once.',
  })
}

function linkedCodes({ diagnoses, procedures }: Coding): string[] {
  const pointers = new Set(procedures.flatMap((line) => line.diagnosisPointers))
  return diagnoses.filter((_, index) => pointers.has(index + 1)).map(({ code }) => code)
}

function choiceRequired({ diagnoses }: Coding, preselected: readonly string[]): ChoiceRefusal {
  return refuse('diagnosis_choice_required', {
    field: 'diagnosisCodes',
    detail: `The encounter has ${diagnoses.length} diagnoses, and a claim takes ${MAX_RELEASED_DIAGNOSES}.`,
    next: 'Choose at most 12 of `diagnoses` and send their codes in diagnosisCodes; linked ones must stay.',
    extra: {
      most: MAX_RELEASED_DIAGNOSES,
      diagnoses: diagnoses.map(({ code, description }) => ({
        code,
        description,
        selected: preselected.includes(code),
      })),
    },
  })
}

function checkChoice(
  { diagnoses }: Coding,
  choice: readonly string[],
  linked: readonly string[],
): ChoiceRefusal | undefined {
  const twice = choice.findIndex((code, index) => choice.indexOf(code) !== index)
  if (twice !== -1)
    return refuse('duplicate_choice', {
      field: `diagnosisCodes.${twice}`,
      detail: `${choice[twice]} is chosen twice.`,
      next: 'Choose each code once.',
    })
  const codes = diagnoses.map(({ code }) => code)
  const foreign = choice.findIndex((code) => !codes.includes(code))
  if (foreign !== -1)
    return refuse('diagnosis_not_in_encounter', {
      field: `diagnosisCodes.${foreign}`,
      detail: `${choice[foreign]} is not a diagnosis of this encounter.`,
      next: `Choose from: ${codes.join(', ')}.`,
    })
  if (choice.length > MAX_RELEASED_DIAGNOSES)
    return refuse('too_many_diagnoses', {
      field: 'diagnosisCodes',
      detail: `${choice.length} diagnoses are chosen, and a claim takes ${MAX_RELEASED_DIAGNOSES}.`,
      next: 'Choose at most 12.',
    })
  const leftOut = linked.filter((code) => !choice.includes(code))
  if (leftOut.length === 0) return undefined
  return refuse('linked_diagnosis_left_out', {
    field: 'diagnosisCodes',
    detail: `${leftOut.join(', ')}: linked to a procedure, but not chosen.`,
    next: 'Choose the linked diagnoses too, or take the link away first.',
    extra: { codes: leftOut },
  })
}

function chosen({ diagnoses, procedures }: Coding, choice: readonly string[]): Coding {
  const kept = diagnoses.filter(({ code }) => choice.includes(code))
  const renumbered = (pointer: number) =>
    kept.findIndex(({ code }) => code === diagnoses[pointer - 1]!.code) + 1
  return {
    diagnoses: kept,
    procedures: procedures.map((line) => ({
      ...line,
      diagnosisPointers: line.diagnosisPointers.map(renumbered),
    })),
  }
}
