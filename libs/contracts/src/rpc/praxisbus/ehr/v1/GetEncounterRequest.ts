// Original file: protos/ehr.proto


export interface GetEncounterRequest {
  'encounterId'?: (string);
}

export interface GetEncounterRequest__Output {
  'encounterId': (string);
}
