// Original file: protos/billing.proto


export interface DependentDocument {
  'documentId'?: (string);
  /**
   * invoice, receipt or superbill.
   */
  'kind'?: (string);
  'number'?: (string);
  /**
   * review or issued.
   */
  'status'?: (string);
}

export interface DependentDocument__Output {
  'documentId': (string);
  /**
   * invoice, receipt or superbill.
   */
  'kind': (string);
  'number': (string);
  /**
   * review or issued.
   */
  'status': (string);
}
