// Original file: protos/billing.proto

import type { Long } from '@grpc/proto-loader';

export interface OpposedEntry {
  'entryId'?: (number | string | Long);
  'amountCents'?: (number | string | Long);
  'accountId'?: (string);
  'accountKind'?: (string);
  'receiptId'?: (string);
  'chargeId'?: (string);
  'payerId'?: (string);
  'code'?: (string);
}

export interface OpposedEntry__Output {
  'entryId': (number);
  'amountCents': (number);
  'accountId': (string);
  'accountKind': (string);
  'receiptId': (string);
  'chargeId': (string);
  'payerId': (string);
  'code': (string);
}
