// Original file: protos/billing.proto


export interface GetEncounterDependentsRequest {
  'encounterId'?: (string);
  /**
   * Of a visit; empty: a free-standing encounter.
   */
  'appointmentId'?: (string);
}

export interface GetEncounterDependentsRequest__Output {
  'encounterId': (string);
  /**
   * Of a visit; empty: a free-standing encounter.
   */
  'appointmentId': (string);
}
