// Original file: protos/billing.proto

import type { Long } from '@grpc/proto-loader';

export interface ProvenReceipt {
  'receiptId'?: (string);
  'receivedCents'?: (number | string | Long);
  'appliedCents'?: (number | string | Long);
  'escrowCents'?: (number | string | Long);
  'disbursedCents'?: (number | string | Long);
  'refundedCents'?: (number | string | Long);
  'offCents'?: (number | string | Long);
}

export interface ProvenReceipt__Output {
  'receiptId': (string);
  'receivedCents': (number);
  'appliedCents': (number);
  'escrowCents': (number);
  'disbursedCents': (number);
  'refundedCents': (number);
  'offCents': (number);
}
