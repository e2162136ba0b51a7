// Original file: protos/billing.proto

import type { Long } from '@grpc/proto-loader';

export interface VisitBilling {
  /**
   * none, unsigned, posted or cancelled.
   */
  'billStatus'?: (string);
  'billingEncounterId'?: (string);
  'chargedCents'?: (number | string | Long);
  'appliedCents'?: (number | string | Long);
  'escrowCents'?: (number | string | Long);
}

export interface VisitBilling__Output {
  /**
   * none, unsigned, posted or cancelled.
   */
  'billStatus': (string);
  'billingEncounterId': (string);
  'chargedCents': (number);
  'appliedCents': (number);
  'escrowCents': (number);
}
