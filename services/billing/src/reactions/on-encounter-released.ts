import { EncounterReleased } from '@praxisbus/contracts'
import { json, reaction, sql } from '@praxisbus/runtime'
import { mergeDiagnoses, mergeRelease } from '../domain/billing-encounter.ts'
import { priceList, renderingProviderOf } from '../postings/catalogue.ts'
import { findOrOpenEncounter, readLines, saveLines, touchEncounter } from '../postings/encounters.ts'
import { postingOfReaction } from '../postings/posting.ts'

/**
 * Coding arrives from the EHR (B-06): an unsigned billing encounter, or, where the visit's session was billed first, the
 * clinical side of what is there. Nothing in the ledger moves; what the session did not bill waits for review.
 */
export const onEncounterReleased = reaction(EncounterReleased, async (ctx, released) => {
  const posting = postingOfReaction(ctx)
  const { tx, practiceId } = posting
  const found = await findOrOpenEncounter(posting, {
    ...released,
    locationId: null,
    placeOfService: null,
    source: 'encounter',
  })
  if (found.releasedAt) {
    if (found.encounterId === released.encounterId) return
    throw new Error(`billing encounter ${found.id} was released by encounter ${found.encounterId} already`)
  }
  const renderingProviderId =
    released.renderingProviderId ??
    found.renderingProviderId ??
    (await renderingProviderOf(tx, practiceId, released.practitionerId))
  await tx.run(sql`
    update billing_encounter
       set encounter_id = ${released.encounterId}, encounter_number = ${released.encounterNumber},
           practitioner_id = ${released.practitionerId}, rendering_provider_id = ${renderingProviderId},
           service_date = case when session_completed_at is null then ${released.serviceDate} else service_date end,
           diagnoses = ${json(mergeDiagnoses(released.diagnoses, found.diagnoses))}, released_at = ${released.releasedAt}
     where practice_id = ${practiceId} and id = ${found.id}`)
  const prices = await priceList(
    tx,
    practiceId,
    released.procedures.map((procedure) => procedure.code),
  )
  const procedures = released.procedures.map((procedure) => ({
    ...procedure,
    id: ctx.newId(),
    unitAmountCents: prices.get(procedure.code) ?? null,
  }))
  const lines = await readLines(tx, practiceId, found.id)
  await saveLines(tx, practiceId, found.id, mergeRelease(lines, procedures))
  // A cancelled bill is opened again: somebody has to look at what came.
  await touchEncounter(posting, found.id, found.status === 'cancelled' ? 'unsigned' : undefined)
})
