import { fields } from '@praxisbus/contracts'
import { type Refusal, refuse } from '@praxisbus/runtime/refusal.ts'
import { z } from 'zod'
import { paragraphs } from './text.ts'

/** The parts a template is made of (E-01). */
export const PLUGINS = ['narrative', 'vitals', 'diagnosis', 'procedure'] as const
export type Plugin = (typeof PLUGINS)[number]

export const MAX_DIAGNOSES = 50
/** An 837P claim holds 50 service lines. */
export const MAX_PROCEDURES = 50
const MAX_NARRATIVE = 100_000

const whole = (least: number, most: number) => z.int().min(least).max(most).optional()
const measured = (least: number, most: number) =>
  z.number().min(least).max(most).multipleOf(0.01, 'has at most two decimals').optional()

/** The limits keep out slips of the pen and of the unit (pounds, Fahrenheit), not rare patients. */
const vitals = z.strictObject({
  heightCm: measured(20, 280),
  weightKg: measured(0.2, 700),
  systolicMmHg: whole(30, 350),
  diastolicMmHg: whole(10, 250),
  heartRatePerMinute: whole(10, 400),
  respiratoryRatePerMinute: whole(2, 150),
  temperatureCelsius: measured(20, 46),
  oxygenSaturationPercent: whole(20, 100),
  bloodGlucoseMgPerDl: whole(5, 2_000),
})
export type Vitals = z.output<typeof vitals>

const procedure = z.strictObject({
  code: fields.procedureCode,
  units: z.int().min(1).max(999),
  modifiers: z.array(fields.modifier).max(4).default([]),
  diagnosisPointers: z
    .array(z.int().min(1).max(MAX_DIAGNOSES))
    .max(4)
    .default([])
    .describe('1-based positions in `diagnoses`'),
})

/** What an editor sends: the whole content. A plugin that is left out is emptied. */
export const draftFields = {
  narrative: paragraphs(MAX_NARRATIVE).default(''),
  vitals: vitals.default({}),
  diagnoses: z
    .array(z.strictObject({ code: fields.diagnosisCode }))
    .max(MAX_DIAGNOSES)
    .default([]),
  procedures: z.array(procedure).max(MAX_PROCEDURES).default([]),
}
export const draftInput = z.strictObject(draftFields)
export type Draft = z.output<typeof draftInput>

export interface Diagnosis {
  readonly code: string
  readonly description: string
}
export interface Procedure extends Diagnosis {
  readonly units: number
  readonly modifiers: readonly string[]
  readonly diagnosisPointers: readonly number[]
}
/** What is stored, signed and released: the draft with each code's description as it was when the code was put in. */
export interface Content {
  readonly narrative: string
  readonly vitals: Vitals
  readonly diagnoses: readonly Diagnosis[]
  readonly procedures: readonly Procedure[]
}
export const EMPTY: Content = { narrative: '', vitals: {}, diagnoses: [], procedures: [] }

/** The rules between fields (E-02). Refuses plugin_not_in_template, invalid_content. */
export function checkDraft(
  plugins: readonly string[],
  draft: Draft,
): Refusal<'plugin_not_in_template' | 'invalid_content'> | undefined {
  return checkPlugins(plugins, draft) ?? checkVitals(draft.vitals) ?? checkCoding(draft)
}

function checkPlugins(plugins: readonly string[], draft: Draft) {
  const filled: [Plugin, keyof Draft, boolean][] = [
    ['narrative', 'narrative', draft.narrative !== ''],
    ['vitals', 'vitals', Object.keys(draft.vitals).length > 0],
    ['diagnosis', 'diagnoses', draft.diagnoses.length > 0],
    ['procedure', 'procedures', draft.procedures.length > 0],
  ]
  const foreign = filled.find(([plugin, , has]) => has && !plugins.includes(plugin))
  if (!foreign) return undefined
  return refuse('plugin_not_in_template', {
    field: foreign[1],
    detail: `This encounter's template has no ${foreign[0]} plugin.`,
    next: `Leave ${foreign[1]} out; the template has: ${plugins.join(', ')}.`,
  })
}

function checkVitals({ systolicMmHg, diastolicMmHg }: Vitals) {
  if (systolicMmHg === undefined || diastolicMmHg === undefined || diastolicMmHg < systolicMmHg)
    return undefined
  return invalid(
    'vitals.diastolicMmHg',
    `The diastolic pressure (${diastolicMmHg} mmHg) is not below the systolic (${systolicMmHg} mmHg).`,
    'Correct the two pressures.',
  )
}

function checkCoding({ diagnoses, procedures }: Draft) {
  const twice = doubled(diagnoses.map(({ code }) => code))
  if (twice !== undefined) {
    const { code } = diagnoses[twice]!
    return invalid(`diagnoses.${twice}.code`, `${code} is in the list twice.`, 'Keep one of the two.')
  }
  for (const [index, { modifiers, diagnosisPointers }] of procedures.entries()) {
    const field = `procedures.${index}`
    const again = doubled(modifiers)
    if (again !== undefined)
      return invalid(
        `${field}.modifiers.${again}`,
        `The modifier ${modifiers[again]} is there twice.`,
        'Keep one.',
      )
    const pointerAgain = doubled(diagnosisPointers)
    if (pointerAgain !== undefined)
      return invalid(
        `${field}.diagnosisPointers.${pointerAgain}`,
        `Diagnosis ${diagnosisPointers[pointerAgain]} is linked twice.`,
        'Link it once.',
      )
    const beyond = diagnosisPointers.findIndex((pointer) => pointer > diagnoses.length)
    if (beyond !== -1)
      return invalid(
        `${field}.diagnosisPointers.${beyond}`,
        `There is no diagnosis ${diagnosisPointers[beyond]}; the list has ${diagnoses.length}.`,
        'Link a diagnosis of the list; the first is 1.',
      )
  }
  return undefined
}

function invalid(field: string, detail: string, next: string): Refusal<'invalid_content'> {
  return refuse('invalid_content', { field, detail, next })
}

/** Position of the first value that was there before. */
function doubled(values: readonly unknown[]): number | undefined {
  const found = values.findIndex((value, index) => values.indexOf(value) !== index)
  return found === -1 ? undefined : found
}

/** Whether two contents say the same to billing. Descriptions are the code set's, not the clinician's. */
export function sameCoding(one: Draft | Content, other: Draft | Content): boolean {
  const coding = ({ diagnoses, procedures }: Draft | Content) =>
    JSON.stringify([
      diagnoses.map(({ code }) => code),
      procedures.map(({ code, units, modifiers, diagnosisPointers }) => [
        code,
        units,
        modifiers,
        diagnosisPointers,
      ]),
    ])
  return coding(one) === coding(other)
}
