import { fields } from '@praxisbus/contracts'
import { type Refusal, refuse } from '@praxisbus/runtime/refusal.ts'
import type { Content, Draft } from './content.ts'

/** ICD-10-CM for diagnoses; CPT and HCPCS level II for procedures (E-14). */
export const CODE_SYSTEMS = ['icd-10-cm', 'hcpcs', 'cpt'] as const
export type CodeSystem = (typeof CODE_SYSTEMS)[number]

export interface Code {
  readonly system: CodeSystem
  readonly code: string
  readonly description: string
  /** false: a header such as F32, which stands for the codes below it and is on no claim. */
  readonly billable: boolean
}

/** `f321` -> `F32.1`: the official lists leave out the point that clinicians write. */
export function normalCode(system: CodeSystem, text: string): string {
  const code = text.trim().toUpperCase()
  if (system !== 'icd-10-cm' || code.includes('.') || code.length <= 3) return code
  return `${code.slice(0, 3)}.${code.slice(3)}`
}

export interface LoadedCode {
  readonly code: string
  readonly description: string
  readonly billable: boolean
}

/** A code set as it is stored, sorted so that two loads at once cannot wait for each other. Refuses invalid_code, duplicate_code. */
export function readCodeSet(
  system: CodeSystem,
  codes: readonly LoadedCode[],
): LoadedCode[] | Refusal<'invalid_code' | 'duplicate_code'> {
  const shape = system === 'icd-10-cm' ? fields.diagnosisCode : fields.procedureCode
  const found = new Map<string, LoadedCode>()
  for (const [index, entry] of codes.entries()) {
    const code = normalCode(system, entry.code)
    const field = `codes.${index}.code`
    if (!shape.safeParse(code).success)
      return refuse('invalid_code', {
        field,
        detail: `${entry.code} is not of the form of ${system} codes.`,
        next: 'Correct it and load the set again; nothing was loaded.',
      })
    if (found.has(code))
      return refuse('duplicate_code', {
        field,
        detail: `${code} is in this set twice.`,
        next: 'Keep the right one and load the set again; nothing was loaded.',
      })
    found.set(code, { ...entry, code })
  }
  return [...found.values()].sort((one, other) => (one.code < other.code ? -1 : 1))
}

/** The draft's codes against the loaded sets. Refuses unknown_code and code_not_billable, naming every code at fault. */
export function withDescriptions(
  draft: Draft,
  known: readonly Code[],
): Content | Refusal<'unknown_code' | 'code_not_billable'> {
  const icd = new Map(known.filter((code) => code.system === 'icd-10-cm').map((code) => [code.code, code]))
  const services = new Map(
    known.filter((code) => code.system !== 'icd-10-cm').map((code) => [code.code, code]),
  )
  const used = [
    ...draft.diagnoses.map(({ code }, index) => ({
      code,
      field: `diagnoses.${index}.code`,
      entry: icd.get(code),
    })),
    ...draft.procedures.map(({ code }, index) => ({
      code,
      field: `procedures.${index}.code`,
      entry: services.get(code),
    })),
  ]
  const unknown = used.filter(({ entry }) => !entry)
  if (unknown.length > 0)
    return refuseCodes('unknown_code', unknown, 'not in the loaded code sets', 'Search the codes for it')
  const headers = used.filter(({ entry }) => !entry!.billable)
  if (headers.length > 0)
    return refuseCodes(
      'code_not_billable',
      headers,
      'a header, which is on no claim',
      'Take one of the codes below it',
    )
  return {
    ...draft,
    diagnoses: draft.diagnoses.map(({ code }) => ({ code, description: icd.get(code)!.description })),
    procedures: draft.procedures.map((line) => ({
      ...line,
      description: services.get(line.code)!.description,
    })),
  }
}

function refuseCodes<Code extends string>(
  refused: Code,
  at: readonly { code: string; field: string }[],
  why: string,
  next: string,
): Refusal<Code> {
  const codes = [...new Set(at.map(({ code }) => code))]
  return refuse(refused, {
    field: at[0]!.field,
    detail: `${codes.join(', ')}: ${why}.`,
    next: `${next}, for instance with GET /v1/codes.`,
    extra: { codes },
  })
}

export interface CodeSearch {
  /** Where the text could be the beginning of a code. */
  readonly prefix: string | null
  /** Every word as the beginning of a word of the description, in the syntax of to_tsquery; null: no words in it. */
  readonly words: string | null
}

/** No description of ICD-10-CM has a word like it, so looking for one would be in vain. */
const ICD_BEGINNING = /^[A-Z][0-9][0-9A-Z.]*$/
const CODE_BEGINNING = /^[A-Z0-9][0-9A-Z.]{0,7}$/
const MAX_WORDS = 8

export function readSearch(system: CodeSystem, text: string): CodeSearch {
  const prefix = normalCode(system, text)
  if (system === 'icd-10-cm' && ICD_BEGINNING.test(prefix)) return { prefix, words: null }
  const words = text
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu)
    ?.slice(0, MAX_WORDS)
  return {
    prefix: CODE_BEGINNING.test(prefix) ? prefix : null,
    words: words?.map((word) => `${word}:*`).join(' & ') ?? null,
  }
}
