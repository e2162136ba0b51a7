// Original file: protos/billing.proto

import type { Long } from '@grpc/proto-loader';

/**
 * A charge that stands.
 */
export interface DependentCharge {
  'chargeId'?: (string);
  'code'?: (string);
  'description'?: (string);
  'units'?: (number);
  /**
   * Net of its discount.
   */
  'chargedCents'?: (number | string | Long);
  'balanceCents'?: (number | string | Long);
  /**
   * What an agency collects.
   */
  'collectionsCents'?: (number | string | Long);
  'batchDate'?: (string);
  'inClosedPeriod'?: (boolean);
}

/**
 * A charge that stands.
 */
export interface DependentCharge__Output {
  'chargeId': (string);
  'code': (string);
  'description': (string);
  'units': (number);
  /**
   * Net of its discount.
   */
  'chargedCents': (number);
  'balanceCents': (number);
  /**
   * What an agency collects.
   */
  'collectionsCents': (number);
  'batchDate': (string);
  'inClosedPeriod': (boolean);
}
