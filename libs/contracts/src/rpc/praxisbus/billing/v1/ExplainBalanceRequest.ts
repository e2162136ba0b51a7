// Original file: protos/billing.proto

import type { Long } from '@grpc/proto-loader';

export interface ExplainBalanceRequest {
  /**
   * account, charge or receipt.
   */
  'of'?: (string);
  'id'?: (string);
  'effectiveThrough'?: (string);
  'recordedThrough'?: (string);
  'after'?: (number | string | Long);
}

export interface ExplainBalanceRequest__Output {
  /**
   * account, charge or receipt.
   */
  'of': (string);
  'id': (string);
  'effectiveThrough': (string);
  'recordedThrough': (string);
  'after': (number);
}
