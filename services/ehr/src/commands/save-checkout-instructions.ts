import { isDeepStrictEqual } from 'node:util'
import { CheckoutInstructionsChanged } from '@praxisbus/contracts'
import { type CommandContext, isRefusal, json, sql, staleWrite } from '@praxisbus/runtime'
import { type Checkout, isEmpty, notLinkedToVisit } from '../domain/checkout.ts'
import { mayEdit } from '../domain/encounter.ts'
import { lockEncounter } from './lock-encounter.ts'
import { practiceWith } from './practice.ts'

/** Replaces what patient and front desk are told at checkout (E-03); the scheduler shows it with the appointment. */
export async function saveCheckoutInstructions(
  ctx: CommandContext,
  { id, ...instructions }: Checkout & { readonly id: string },
) {
  const encounter = await lockEncounter(ctx.tx, id)
  if (isRefusal(encounter)) return encounter
  const practice = await practiceWith(ctx.tx, 'scheduler')
  if (isRefusal(practice)) return practice
  const { appointmentId, patientId, number, status } = encounter
  if (appointmentId === null) return notLinkedToVisit(number)
  const refusal = mayEdit(encounter) ?? staleWrite(ctx, encounter.version)
  if (refusal) return refusal
  const checkout = isEmpty(instructions) ? null : instructions
  ctx.audit('encounter', id, 'checkout instructions')
  const answer = { encounterId: id, encounterNumber: number, status, checkout }
  if (isDeepStrictEqual(checkout, encounter.checkout)) return { ...answer, version: encounter.version }
  const { version } = await ctx.tx.one<{ version: number }>(sql`
    update encounter set checkout = ${checkout && json(checkout)}, version = version + 1 where id = ${id} returning version`)
  ctx.record(CheckoutInstructionsChanged, {
    subject: id,
    version,
    data: { encounterId: id, appointmentId, patientId, ...instructions },
  })
  return { ...answer, version }
}
