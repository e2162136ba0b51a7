// Original file: protos/ehr.proto

import type { Long } from '@grpc/proto-loader';

export interface EncounterSummary {
  'encounterId'?: (string);
  'encounterNumber'?: (number | string | Long);
  'appointmentId'?: (string);
  'patientId'?: (string);
  /**
   * draft, review or signed.
   */
  'status'?: (string);
  'released'?: (boolean);
  'version'?: (number | string | Long);
}

export interface EncounterSummary__Output {
  'encounterId': (string);
  'encounterNumber': (number);
  'appointmentId': (string);
  'patientId': (string);
  /**
   * draft, review or signed.
   */
  'status': (string);
  'released': (boolean);
  'version': (number);
}
