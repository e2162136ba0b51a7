// Original file: protos/billing.proto


export interface GetReceiptRequest {
  'receiptId'?: (string);
}

export interface GetReceiptRequest__Output {
  'receiptId': (string);
}
