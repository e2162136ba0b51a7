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
  /**
   * The completed session has been taken in, whatever became of its bill since (S-22).
   */
  'sessionTaken'?: (boolean);
  /**
   * The newest that was heard of the calendar is that the visit was cancelled (S-20).
   */
  'cancelled'?: (boolean);
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
  /**
   * The completed session has been taken in, whatever became of its bill since (S-22).
   */
  'sessionTaken': (boolean);
  /**
   * The newest that was heard of the calendar is that the visit was cancelled (S-20).
   */
  'cancelled': (boolean);
}
