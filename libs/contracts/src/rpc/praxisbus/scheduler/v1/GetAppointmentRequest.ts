// Original file: protos/scheduler.proto


export interface GetAppointmentRequest {
  'appointmentId'?: (string);
}

export interface GetAppointmentRequest__Output {
  'appointmentId': (string);
}
