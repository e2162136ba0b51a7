import { type QueryContext, sql } from '@praxisbus/runtime'

export interface CollectionAgency {
  readonly agencyId: string
  readonly name: string
  readonly feeBasisPoints: number
  readonly active: boolean
  readonly version: number
}

export const agencyColumns = sql`id as agency_id, name, fee_basis_points, active, version`

export async function listAgencies({ tx, principal, audit }: QueryContext): Promise<{
  agencies: CollectionAgency[]
}> {
  audit('collection-agency', 'list')
  const agencies = await tx.many<CollectionAgency>(sql`
    select ${agencyColumns} from collection_agency where practice_id = ${principal.practiceId} order by lower(name), id`)
  return { agencies }
}

/** A charge that was sent out, from then to its recall. */
export interface Placement {
  readonly placementId: string
  readonly chargeId: string
  readonly agencyId: string
  readonly agencyName: string
  readonly feeBasisPoints: number
  readonly sentCents: number
  readonly sentAt: string
  readonly sentBy: string
  readonly reason: string | null
  /** What the agency has not collected yet; 0 once it was recalled. */
  readonly balanceCents: number
  readonly recalledAt: string | null
  readonly recalledBy: string | null
  readonly recallReason: string | null
}

export const placementColumns = sql`
  placed.id as placement_id, placed.charge_id, placed.agency_id, agency.name as agency_name, placed.fee_basis_points,
  placed.amount_cents as sent_cents, placed.placed_at as sent_at, placed.placed_by as sent_by, placed.reason,
  case when placed.recalled_at is null then coalesce((
    select balance_cents from account where account.practice_id = placed.practice_id and account.charge_id = placed.charge_id
       and account.kind = 'collections'), 0) else 0 end as balance_cents,
  placed.recalled_at, placed.recalled_by, placed.recall_reason`

export interface ListedPlacement extends Placement {
  readonly billingEncounterId: string
  readonly patientId: string
  readonly patientName: string | null
  readonly code: string
  readonly serviceDate: string
}

export interface CollectionsFilter {
  readonly agencyId?: string
  readonly patientId?: string
  /** true: what is with an agency; false: what was recalled. */
  readonly open?: boolean
  /** The id of the last one of the page before. */
  readonly after?: string
}

const PAGE_SIZE = 200

/** What was sent to agencies (B-13), oldest first, 200 at a time. */
export async function listCollections(
  { tx, principal, audit }: QueryContext,
  filter: CollectionsFilter,
): Promise<{ placements: ListedPlacement[]; next: string | null }> {
  const { agencyId = null, patientId = null, open = null, after = null } = filter
  const rows = await tx.many<ListedPlacement>(sql`
    select ${placementColumns}, billed.id as billing_encounter_id, billed.patient_id, patient.name as patient_name, charge.code,
           charge.service_date
      from collection_placement as placed
      join collection_agency as agency on agency.practice_id = placed.practice_id and agency.id = placed.agency_id
      join charge on charge.practice_id = placed.practice_id and charge.id = placed.charge_id
      join billing_encounter as billed on billed.practice_id = charge.practice_id and billed.id = charge.billing_encounter_id
      left join patient_replica as patient on patient.practice_id = billed.practice_id and patient.id = billed.patient_id
     where placed.practice_id = ${principal.practiceId}
       and (${agencyId}::uuid is null or placed.agency_id = ${agencyId})
       and (${patientId}::uuid is null or billed.patient_id = ${patientId})
       and (${open}::boolean is null or (placed.recalled_at is null) = ${open})
       and (${after}::uuid is null or placed.id > ${after})
     order by placed.id limit ${PAGE_SIZE + 1}`)
  const page = rows.slice(0, PAGE_SIZE)
  for (const row of page) audit('billing-encounter', row.billingEncounterId)
  return { placements: page, next: rows.length > PAGE_SIZE ? page.at(-1)!.placementId : null }
}
