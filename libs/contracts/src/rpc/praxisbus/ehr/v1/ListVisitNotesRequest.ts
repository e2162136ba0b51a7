// Original file: protos/ehr.proto


export interface ListVisitNotesRequest {
  'appointmentIds'?: (string)[];
}

export interface ListVisitNotesRequest__Output {
  'appointmentIds': (string)[];
}
