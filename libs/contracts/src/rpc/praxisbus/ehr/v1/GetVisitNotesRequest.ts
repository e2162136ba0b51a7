// Original file: protos/ehr.proto


export interface GetVisitNotesRequest {
  'appointmentId'?: (string);
}

export interface GetVisitNotesRequest__Output {
  'appointmentId': (string);
}
