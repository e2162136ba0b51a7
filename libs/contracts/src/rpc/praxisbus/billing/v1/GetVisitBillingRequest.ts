// Original file: protos/billing.proto


export interface GetVisitBillingRequest {
  'appointmentId'?: (string);
}

export interface GetVisitBillingRequest__Output {
  'appointmentId': (string);
}
