// Original file: protos/billing.proto

import type { Long } from '@grpc/proto-loader';

export interface ExplainedAccount {
  'accountId'?: (string);
  'kind'?: (string);
  'receiptId'?: (string);
  'chargeId'?: (string);
  'payerId'?: (string);
  'code'?: (string);
  'system'?: (string);
  'balanceCents'?: (number | string | Long);
  'entries'?: (number);
  /**
   * The balance that is kept, less the sum of all entries: anything but 0 is a fault.
   */
  'offCents'?: (number | string | Long);
}

export interface ExplainedAccount__Output {
  'accountId': (string);
  'kind': (string);
  'receiptId': (string);
  'chargeId': (string);
  'payerId': (string);
  'code': (string);
  'system': (string);
  'balanceCents': (number);
  'entries': (number);
  /**
   * The balance that is kept, less the sum of all entries: anything but 0 is a fault.
   */
  'offCents': (number);
}
