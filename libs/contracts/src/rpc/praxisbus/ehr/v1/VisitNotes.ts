// Original file: protos/ehr.proto

import type { EncounterSummary as _praxisbus_ehr_v1_EncounterSummary, EncounterSummary__Output as _praxisbus_ehr_v1_EncounterSummary__Output } from '../../../praxisbus/ehr/v1/EncounterSummary.ts';

export interface VisitNotes {
  'encounters'?: (_praxisbus_ehr_v1_EncounterSummary)[];
}

export interface VisitNotes__Output {
  'encounters': (_praxisbus_ehr_v1_EncounterSummary__Output)[];
}
