import { fields } from '@praxisbus/contracts'
import { z } from 'zod'
import type { Complaints } from './complaints.ts'
import { readJson } from './files.ts'

/** The shape of `visits.json`: what desk, clinicians and billers do in the day. */
export const VISITS = 'visits.json'

const cents = z.int('must be whole cents: 2500 for 25.00').min(1).max(99_999_999)
const money = z.strictObject({
  amountCents: cents,
  method: z.enum(['cash', 'check', 'card', 'bank-transfer', 'other']),
  reference: z.string().min(1).max(200).optional(),
})

const instructions = z.string().trim().min(1).max(4_000)

const note = z.strictObject({
  template: z.string(),
  narrative: z.string().max(20_000).default(''),
  vitals: z.record(z.string(), z.number()).optional(),
  diagnoses: z.array(fields.diagnosisCode).max(12, 'must hold at most twelve').default([]),
  procedures: z
    .array(
      z.strictObject({
        code: fields.procedureCode,
        units: z.int().min(1).max(999).default(1),
        modifiers: z.array(fields.modifier).max(4).default([]),
        /** Positions in `diagnoses`, from 1. */
        diagnoses: z.array(z.int().min(1)).max(4).default([]),
      }),
    )
    .default([]),
  /** What is said at checkout (E-03): written before the note is signed, shown with the appointment (S-21). */
  checkout: z
    .strictObject({ patient: instructions.optional(), frontDesk: instructions.optional() })
    .refine(({ patient, frontDesk }) => patient ?? frontDesk, 'must say something to somebody')
    .optional(),
  /** In all the roles that the template asks for. */
  sign: z.boolean().default(false),
  release: z.boolean().default(false),
})

const visit = z.strictObject({
  event: z.string().min(1),
  checkIn: z.strictObject({ copay: money.optional() }).optional(),
  note: note.optional(),
  /** The session is marked complete (S-22): paid on the spot, online by a link (B-02), or invoiced. */
  complete: z
    .strictObject({
      alreadyPaid: money.omit({ amountCents: true }).optional(),
      online: z.boolean().default(false),
    })
    .refine(({ alreadyPaid, online }) => !(alreadyPaid && online), {
      path: ['online'],
      message: 'must be left out where `alreadyPaid` is: what was paid already is not collected online',
    })
    .optional(),
  /** A biller reviews and signs the bill: its charges post (B-06). */
  postBill: z.boolean().default(false),
  /** The patient is covered by the payer of the scan, whose check pays the bill: a charge of one procedure (B-15). */
  insurance: z
    .strictObject({ memberId: z.string().min(1).max(80), allowedCents: cents, paidCents: cents })
    .optional(),
  /** The patient did not come, and owes a fee (S-20); they get a statement (B-20). */
  noShow: z.strictObject({ feeCents: cents }).optional(),
  /** Somebody tries to delete the appointment; the reason of the refusal is shown (S-16). */
  tryDelete: z.boolean().default(false),
})

export const visitsFile = z.strictObject({ visits: z.array(visit).max(200) })
export type VisitPlan = z.infer<typeof visit>
export type NotePlan = z.infer<typeof note>

export function readVisits(folder: string, complaints: Complaints): VisitPlan[] {
  const content = readJson(folder, VISITS, complaints)
  if (content === undefined) return []
  return complaints.check(visitsFile, content, VISITS)?.visits ?? []
}
