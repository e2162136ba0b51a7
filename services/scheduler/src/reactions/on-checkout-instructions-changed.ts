import { CheckoutInstructionsChanged } from '@praxisbus/contracts'
import { reaction, sql } from '@praxisbus/runtime'

/** S-21, E-03: keeps what the clinician wants said at checkout. An older version than the one here changes nothing. */
export const onCheckoutInstructionsChanged = reaction(
  CheckoutInstructionsChanged,
  async ({ tx, practiceId, event }, { appointmentId, patientInstructions, frontDeskInstructions }) => {
    await tx.run(sql`
      insert into checkout_instructions as held (practice_id, appointment_id, patient_instructions, front_desk_instructions,
                                                 version)
      values (${practiceId}, ${appointmentId}, ${patientInstructions}, ${frontDeskInstructions}, ${event.version})
      on conflict (practice_id, appointment_id) do update
         set patient_instructions = excluded.patient_instructions,
             front_desk_instructions = excluded.front_desk_instructions, version = excluded.version
       where held.version < excluded.version`)
  },
)
