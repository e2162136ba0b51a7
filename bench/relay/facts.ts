import { EncounterReleased } from '@praxisbus/contracts'
import { newId } from '@praxisbus/runtime'
import type { OutgoingEvent } from '@praxisbus/runtime/bus/cloud-event.ts'
import { openOutbox } from '@praxisbus/runtime/bus/outbox.ts'

export const PRACTICE_ID = '0198a000-0000-7000-8000-00000000be7c'
export const CONTRACT = EncounterReleased
const AGGREGATES = 200

/** Facts as the EHR records them when coding goes to billing, about 1 KB of body, the aggregates in turn. */
export function makeFacts(count: number): OutgoingEvent[] {
  const keys = Array.from({ length: AGGREGATES }, newId)
  const outbox = openOutbox(PRACTICE_ID, Temporal.Now.instant())
  for (let index = 0; index < count; index++) {
    const subject = keys[index % AGGREGATES]!
    outbox.record(CONTRACT, {
      subject,
      version: Math.floor(index / AGGREGATES) + 1,
      data: encounter(subject, index),
    })
  }
  return outbox.events
}

const LINE = ['97110', 'Therapeutic exercise to develop strength, endurance, range of motion'] as const

function encounter(encounterId: string, number: number) {
  return {
    encounterId,
    encounterNumber: number,
    appointmentId: newId(),
    patientId: newId(),
    practitionerId: newId(),
    renderingProviderId: newId(),
    serviceDate: '2026-03-02',
    releasedAt: '2026-03-02T16:45:12Z',
    diagnoses: [
      { code: 'M54.50', description: 'Low back pain, unspecified' },
      { code: 'M62.81', description: 'Muscle weakness (generalized)' },
    ],
    procedures: [1, 2, 3].map((units) => ({
      lineId: newId(),
      code: LINE[0],
      description: LINE[1],
      units,
      modifiers: ['GP'],
      diagnosisPointers: [1, 2],
    })),
  }
}
