// Original file: protos/billing.proto

import type { Long } from '@grpc/proto-loader';

export interface ListProofEntriesRequest {
  'batchId'?: (string);
  'effectiveThrough'?: (string);
  'recordedThrough'?: (string);
  /**
   * received, applied, escrow, disbursed, refunded; or moved: whatever was posted into the batch.
   */
  'figure'?: (string);
  /**
   * Empty: of all receipts of the batch.
   */
  'receiptId'?: (string);
  /**
   * The answer's `next`; 0: from the first entry on.
   */
  'after'?: (number | string | Long);
}

export interface ListProofEntriesRequest__Output {
  'batchId': (string);
  'effectiveThrough': (string);
  'recordedThrough': (string);
  /**
   * received, applied, escrow, disbursed, refunded; or moved: whatever was posted into the batch.
   */
  'figure': (string);
  /**
   * Empty: of all receipts of the batch.
   */
  'receiptId': (string);
  /**
   * The answer's `next`; 0: from the first entry on.
   */
  'after': (number);
}
