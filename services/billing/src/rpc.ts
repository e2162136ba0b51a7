import { fields } from '@praxisbus/contracts'
import { isRefusal, type RpcTable, rpcMethod } from '@praxisbus/runtime'
import { z } from 'zod'
import { encounterDependents } from './queries/encounter-dependents.ts'
import { getReceipt } from './queries/get-receipt.ts'
import { previewSession } from './queries/preview-session.ts'
import { getVisitBilling, listVisitBilling } from './queries/visit-billing.ts'
import { proofMethods } from './rpc-proofs.ts'

const appointmentId = fields.id
/** What a series has at most: the scheduler's own limit. */
const MOST_VISITS = 1_100
const services = z
  .array(
    z.object({
      serviceId: fields.id,
      units: z.int().min(1).max(999),
      modifiers: z.array(z.string().max(2)).max(4),
    }),
  )
  .max(50)

/** gRPC method -> query. `online`: whether this process is set up for payments online. */
export const rpc = ({ online }: { readonly online: boolean }) =>
  ({
    proto: 'billing.proto',
    service: 'praxisbus.billing.v1.Billing',
    methods: {
      PreviewSession: rpcMethod({
        permission: 'session.complete',
        input: z.object({ appointmentId, services }),
        run: previewSession(online),
        refusals: { unknown_service: 'INVALID_ARGUMENT' },
      }),
      GetVisitBilling: rpcMethod({
        permission: 'visit.read',
        input: z.object({ appointmentId }),
        run: getVisitBilling,
        refusals: {},
      }),
      ListVisitBilling: rpcMethod({
        permission: 'visit.read',
        input: z.object({ appointmentIds: z.array(appointmentId).min(1).max(MOST_VISITS) }),
        run: listVisitBilling,
        refusals: {},
      }),
      GetEncounterDependents: rpcMethod({
        permission: 'note.unlock',
        input: z.object({
          encounterId: fields.id,
          appointmentId: z.union([z.literal('').transform(() => undefined), fields.id]),
        }),
        run: async (ctx, input) => {
          const { closedThrough, charges, payments, documents, ...books } = await encounterDependents(
            ctx,
            input,
          )
          return {
            ...books,
            closedThrough: closedThrough ?? '',
            charges: [...charges],
            payments: [...payments],
            documents: [...documents],
          }
        },
        refusals: {},
      }),
      GetReceipt: rpcMethod({
        permission: 'billing.read',
        input: z.object({ receiptId: fields.id }),
        run: async (ctx, { receiptId }) => {
          const receipt = await getReceipt(ctx, { id: receiptId })
          if (isRefusal(receipt)) return receipt
          const { receivedCents, appliedCents, escrowCents, disbursedCents, refundedCents } = receipt
          return { receiptId, receivedCents, appliedCents, escrowCents, disbursedCents, refundedCents }
        },
        refusals: { not_found: 'NOT_FOUND' },
      }),
      ...proofMethods,
    },
  }) satisfies RpcTable
