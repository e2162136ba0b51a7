// Original file: protos/billing.proto

import type { Long } from '@grpc/proto-loader';

export interface MovedByKind {
  'kind'?: (string);
  'journals'?: (number);
  'receivedCents'?: (number | string | Long);
  'appliedCents'?: (number | string | Long);
  'escrowCents'?: (number | string | Long);
  'disbursedCents'?: (number | string | Long);
  'refundedCents'?: (number | string | Long);
  'chargedCents'?: (number | string | Long);
  'discountCents'?: (number | string | Long);
  'adjustedCents'?: (number | string | Long);
  'collectionsCents'?: (number | string | Long);
  'receivableCents'?: (number | string | Long);
}

export interface MovedByKind__Output {
  'kind': (string);
  'journals': (number);
  'receivedCents': (number);
  'appliedCents': (number);
  'escrowCents': (number);
  'disbursedCents': (number);
  'refundedCents': (number);
  'chargedCents': (number);
  'discountCents': (number);
  'adjustedCents': (number);
  'collectionsCents': (number);
  'receivableCents': (number);
}
