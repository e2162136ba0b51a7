// Original file: protos/billing.proto

import type { Long } from '@grpc/proto-loader';

export interface ReceiptSource {
  'receiptId'?: (string);
  /**
   * patient or insurer.
   */
  'payerKind'?: (string);
  'patientId'?: (string);
  'payerId'?: (string);
  'planId'?: (string);
  'appointmentId'?: (string);
  'source'?: (string);
  'method'?: (string);
  'reference'?: (string);
  'amountCents'?: (number | string | Long);
  'depositDate'?: (string);
  'batchDate'?: (string);
  'recordedAt'?: (string);
}

export interface ReceiptSource__Output {
  'receiptId': (string);
  /**
   * patient or insurer.
   */
  'payerKind': (string);
  'patientId': (string);
  'payerId': (string);
  'planId': (string);
  'appointmentId': (string);
  'source': (string);
  'method': (string);
  'reference': (string);
  'amountCents': (number);
  'depositDate': (string);
  'batchDate': (string);
  'recordedAt': (string);
}
