import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { GetScanBatchRequest as _praxisbus_imaging_v1_GetScanBatchRequest, GetScanBatchRequest__Output as _praxisbus_imaging_v1_GetScanBatchRequest__Output } from './praxisbus/imaging/v1/GetScanBatchRequest.ts';
import type { Image as _praxisbus_imaging_v1_Image, Image__Output as _praxisbus_imaging_v1_Image__Output } from './praxisbus/imaging/v1/Image.ts';
import type { ImageSet as _praxisbus_imaging_v1_ImageSet, ImageSet__Output as _praxisbus_imaging_v1_ImageSet__Output } from './praxisbus/imaging/v1/ImageSet.ts';
import type { ImagingClient as _praxisbus_imaging_v1_ImagingClient, ImagingDefinition as _praxisbus_imaging_v1_ImagingDefinition } from './praxisbus/imaging/v1/Imaging.ts';
import type { ScanBatch as _praxisbus_imaging_v1_ScanBatch, ScanBatch__Output as _praxisbus_imaging_v1_ScanBatch__Output } from './praxisbus/imaging/v1/ScanBatch.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  praxisbus: {
    imaging: {
      v1: {
        GetScanBatchRequest: MessageTypeDefinition<_praxisbus_imaging_v1_GetScanBatchRequest, _praxisbus_imaging_v1_GetScanBatchRequest__Output>
        Image: MessageTypeDefinition<_praxisbus_imaging_v1_Image, _praxisbus_imaging_v1_Image__Output>
        ImageSet: MessageTypeDefinition<_praxisbus_imaging_v1_ImageSet, _praxisbus_imaging_v1_ImageSet__Output>
        Imaging: SubtypeConstructor<typeof grpc.Client, _praxisbus_imaging_v1_ImagingClient> & { service: _praxisbus_imaging_v1_ImagingDefinition }
        ScanBatch: MessageTypeDefinition<_praxisbus_imaging_v1_ScanBatch, _praxisbus_imaging_v1_ScanBatch__Output>
      }
    }
  }
}

