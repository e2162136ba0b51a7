// Original file: protos/billing.proto


export interface ListVisitBillingRequest {
  'appointmentIds'?: (string)[];
}

export interface ListVisitBillingRequest__Output {
  'appointmentIds': (string)[];
}
