// Original file: protos/imaging.proto


export interface GetScanBatchRequest {
  'scanBatchId'?: (string);
}

export interface GetScanBatchRequest__Output {
  'scanBatchId': (string);
}
