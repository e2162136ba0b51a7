// Original file: protos/billing.proto


export interface ProveBatchRequest {
  'batchId'?: (string);
  /**
   * YYYY-MM-DD; empty: whatever it is dated.
   */
  'effectiveThrough'?: (string);
  /**
   * ISO 8601 in UTC; empty: until now. To page, send what the answer says.
   */
  'recordedThrough'?: (string);
  /**
   * The answer's `next`; empty: from the first receipt on.
   */
  'after'?: (string);
}

export interface ProveBatchRequest__Output {
  'batchId': (string);
  /**
   * YYYY-MM-DD; empty: whatever it is dated.
   */
  'effectiveThrough': (string);
  /**
   * ISO 8601 in UTC; empty: until now. To page, send what the answer says.
   */
  'recordedThrough': (string);
  /**
   * The answer's `next`; empty: from the first receipt on.
   */
  'after': (string);
}
