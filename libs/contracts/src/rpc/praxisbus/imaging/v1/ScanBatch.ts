// Original file: protos/imaging.proto

import type { ImageSet as _praxisbus_imaging_v1_ImageSet, ImageSet__Output as _praxisbus_imaging_v1_ImageSet__Output } from '../../../praxisbus/imaging/v1/ImageSet.ts';
import type { Long } from '@grpc/proto-loader';

export interface ScanBatch {
  'scanBatchId'?: (string);
  /**
   * charge or payment.
   */
  'type'?: (string);
  /**
   * open, submitted or indexed.
   */
  'status'?: (string);
  'imageSets'?: (_praxisbus_imaging_v1_ImageSet)[];
  'version'?: (number | string | Long);
}

export interface ScanBatch__Output {
  'scanBatchId': (string);
  /**
   * charge or payment.
   */
  'type': (string);
  /**
   * open, submitted or indexed.
   */
  'status': (string);
  'imageSets': (_praxisbus_imaging_v1_ImageSet__Output)[];
  'version': (number);
}
