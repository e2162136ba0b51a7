// Original file: protos/scheduler.proto


export interface GetPatientRequest {
  'patientId'?: (string);
}

export interface GetPatientRequest__Output {
  'patientId': (string);
}
