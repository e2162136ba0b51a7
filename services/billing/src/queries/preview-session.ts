import { isRefusal, type QueryContext, type Refusal, refuse, sql } from '@praxisbus/runtime'
import { grossCents, sumCents } from '../domain/money.ts'
import { connectedAccount } from '../online/requests.ts'

interface PreviewRequest {
  readonly appointmentId: string
  readonly services: readonly {
    readonly serviceId: string
    readonly units: number
    readonly modifiers: readonly string[]
  }[]
}

/**
 * The lines that completing a session would bill, priced from the catalogue (S-22), what waits in escrow for it, and whether
 * it may be paid online (B-02): where the practice is connected, and this process (`online`) is set up for it.
 */
export function previewSession(online: boolean) {
  return async (ctx: QueryContext, asked: PreviewRequest) => {
    const lines = await priceLines(ctx, asked)
    if (isRefusal(lines)) return lines
    const { tx, principal } = ctx
    return {
      lines,
      totalCents: sumCents(lines.map(grossCents)),
      escrowCents: await visitEscrow(ctx, asked.appointmentId),
      onlinePayment: online && (await connectedAccount(tx, principal.practiceId)) !== undefined,
    }
  }
}

async function priceLines(
  { tx, principal, audit }: QueryContext,
  { appointmentId, services }: PreviewRequest,
) {
  audit('visit', appointmentId)
  const { practiceId } = principal
  const known = await tx.many<{
    id: string
    code: string
    description: string
    amountCents: number | null
    defaultModifiers: string[]
  }>(sql`
    select id, code, description, amount_cents, default_modifiers from service
     where practice_id = ${practiceId} and id = any(${services.map((asked) => asked.serviceId)}::uuid[])`)
  const lines = []
  for (const [index, asked] of services.entries()) {
    const service = known.find((one) => one.id === asked.serviceId)
    if (!service) return unknownService(index)
    const modifiers = asked.modifiers.length > 0 ? [...asked.modifiers] : service.defaultModifiers
    lines.push({
      serviceId: service.id,
      code: service.code,
      description: service.description,
      units: asked.units,
      unitAmountCents: service.amountCents ?? 0,
      priced: service.amountCents !== null,
      modifiers,
    })
  }
  return lines
}

export async function visitEscrow(
  { tx, principal }: Pick<QueryContext, 'tx' | 'principal'>,
  appointmentId: string,
): Promise<number> {
  const { escrowCents } = await tx.one<{ escrowCents: number }>(sql`
    select coalesce(-sum(account.balance_cents), 0)::bigint as escrow_cents
      from receipt join account on account.practice_id = receipt.practice_id and account.receipt_id = receipt.id
       and account.kind = 'escrow'
     where receipt.practice_id = ${principal.practiceId} and receipt.appointment_id = ${appointmentId}`)
  return escrowCents
}

function unknownService(index: number): Refusal<'unknown_service'> {
  return refuse('unknown_service', {
    field: `services.${index}.serviceId`,
    detail: 'There is no service of this id in the catalogue.',
    next: 'Choose one of the practice’s services.',
  })
}
