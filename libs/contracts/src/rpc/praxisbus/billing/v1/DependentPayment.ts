// Original file: protos/billing.proto

import type { Long } from '@grpc/proto-loader';

/**
 * A payment on such a charge that was not removed.
 */
export interface DependentPayment {
  'paymentId'?: (string);
  'receiptId'?: (string);
  'chargeId'?: (string);
  /**
   * patient, insurer or agency.
   */
  'payerKind'?: (string);
  'amountCents'?: (number | string | Long);
  'batchDate'?: (string);
  'inClosedPeriod'?: (boolean);
}

/**
 * A payment on such a charge that was not removed.
 */
export interface DependentPayment__Output {
  'paymentId': (string);
  'receiptId': (string);
  'chargeId': (string);
  /**
   * patient, insurer or agency.
   */
  'payerKind': (string);
  'amountCents': (number);
  'batchDate': (string);
  'inClosedPeriod': (boolean);
}
