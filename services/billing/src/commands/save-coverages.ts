import { CoverageChanged } from '@praxisbus/contracts'
import { type CommandContext, json, type Refusal, refuse, sql, staleWrite, type Tx } from '@praxisbus/runtime'
import {
  type Coverage,
  type PatientCoverages,
  patientNotFound,
  readCoverages,
} from '../queries/get-coverages.ts'
import { planOfAnother } from './record-receipt.ts'

export type CoverageInput = Omit<Coverage, 'coverageId'> & {
  /** Of one in the list; left out: a new one. */
  readonly coverageId?: string
}

type CoverageRefusal = Refusal<
  'payer_unknown' | 'plan_of_another_payer' | 'unknown_coverage' | 'ends_before_start'
>

/**
 * Replaces the coverages of a patient as a whole (B-01), in the order in which they are billed. They may overlap; two of one payer may
 * stand in the list, and what that payer owes is one share all the same. Charges that are posted stay with whom they are.
 */
export async function saveCoverages(
  ctx: CommandContext,
  { id, coverages }: { readonly id: string; readonly coverages: readonly CoverageInput[] },
): Promise<PatientCoverages | CoverageRefusal | Refusal<'not_found' | 'stale'>> {
  const { tx } = ctx
  const { practiceId } = ctx.principal
  const known = await tx.maybe(
    sql`select from patient_replica where practice_id = ${practiceId} and id = ${id}`,
  )
  if (!known) return patientNotFound()
  // The first one to enter coverages makes the row, and whoever comes at the same time waits for it.
  await tx.run(sql`
    insert into patient_coverages (practice_id, patient_id) values (${practiceId}, ${id}) on conflict do nothing`)
  const { version } = await tx.one<{ version: number }>(sql`
    select version from patient_coverages where practice_id = ${practiceId} and patient_id = ${id} for update`)
  const stale = staleWrite(ctx, version)
  if (stale) return stale
  const before = await readCoverages(tx, practiceId, id)
  const refused = decideCoverages(coverages, before.coverages, await plansOf(tx, practiceId, coverages))
  if (refused) return refused
  const rows = coverages.map((coverage, index) => ({
    ...coverage,
    coverageId: coverage.coverageId ?? ctx.newId(),
    position: index + 1,
  }))
  await write(ctx, id, rows)
  const after = await readCoverages(tx, practiceId, id)
  ctx.record(CoverageChanged, {
    subject: id,
    version: after.version,
    data: { patientId: id, coverages: rows.map(({ position: _, ...coverage }) => coverage) },
  })
  ctx.audit('patient-coverages', id, 'change')
  return after
}

function decideCoverages(
  wanted: readonly CoverageInput[],
  before: readonly Coverage[],
  payers: ReadonlyMap<string, readonly string[]>,
): CoverageRefusal | undefined {
  for (const [index, { coverageId, payerId, planId, startsOn, endsOn }] of wanted.entries()) {
    const field = `coverages.${index}`
    const plans = payers.get(payerId)
    if (!plans)
      return refuse('payer_unknown', {
        field: `${field}.payerId`,
        detail: 'There is no payer of this id in your practice.',
        next: 'List the payers for their ids, or add the payer first.',
      })
    if (planId !== null && !plans.includes(planId)) return planOfAnother(`${field}.planId`)
    if (startsOn !== null && endsOn !== null && endsOn < startsOn)
      return refuse('ends_before_start', {
        field: `${field}.endsOn`,
        detail: `The coverage ends on ${endsOn}, before it starts on ${startsOn}.`,
        next: 'Turn the dates round, or leave one of them open.',
      })
    const twice = wanted.findIndex((other) => other.coverageId === coverageId) < index
    if (coverageId !== undefined && (twice || !before.some((other) => other.coverageId === coverageId)))
      return refuse('unknown_coverage', {
        field: `${field}.coverageId`,
        detail: twice ? 'This coverage is in the list twice.' : 'The patient has no coverage of this id.',
        next: 'Send the id only with a coverage that GET shows, once; leave it out for a new one.',
      })
  }
  return undefined
}

/** The plans of each payer that is named and known. */
async function plansOf(
  tx: Tx,
  practiceId: string,
  coverages: readonly CoverageInput[],
): Promise<Map<string, string[]>> {
  const rows = await tx.many<{ id: string; plans: string[] }>(sql`
    select payer.id, coalesce(array_agg(plan.id) filter (where plan.id is not null), '{}') as plans
      from payer left join plan on plan.practice_id = payer.practice_id and plan.payer_id = payer.id
     where payer.practice_id = ${practiceId} and payer.id = any(${coverages.map((one) => one.payerId)}::uuid[])
     group by payer.id`)
  return new Map(rows.map(({ id, plans }) => [id, plans]))
}

async function write(
  { tx, principal: { practiceId }, now }: CommandContext,
  patientId: string,
  rows: readonly (Coverage & { readonly position: number })[],
): Promise<void> {
  await tx.run(sql`
    update coverage set removed_at = ${now.toString()}
     where practice_id = ${practiceId} and patient_id = ${patientId} and removed_at is null
       and id <> all(${rows.map((row) => row.coverageId)}::uuid[])`)
  await tx.run(sql`
    insert into coverage (practice_id, id, patient_id, position, payer_id, plan_id, member_id, starts_on, ends_on)
    select ${practiceId}, "coverageId", ${patientId}, position, "payerId", "planId", "memberId", "startsOn", "endsOn"
      from jsonb_to_recordset(${json(rows)}::jsonb) as wanted (
        "coverageId" uuid, position int, "payerId" uuid, "planId" uuid, "memberId" text, "startsOn" date, "endsOn" date)
    on conflict (practice_id, id) do update set
      position = excluded.position, payer_id = excluded.payer_id, plan_id = excluded.plan_id, member_id = excluded.member_id,
      starts_on = excluded.starts_on, ends_on = excluded.ends_on`)
  await tx.run(sql`
    update patient_coverages set version = version + 1 where practice_id = ${practiceId} and patient_id = ${patientId}`)
}
