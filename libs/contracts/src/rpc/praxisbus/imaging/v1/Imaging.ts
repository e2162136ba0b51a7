// Original file: protos/imaging.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { GetScanBatchRequest as _praxisbus_imaging_v1_GetScanBatchRequest, GetScanBatchRequest__Output as _praxisbus_imaging_v1_GetScanBatchRequest__Output } from '../../../praxisbus/imaging/v1/GetScanBatchRequest.ts';
import type { ScanBatch as _praxisbus_imaging_v1_ScanBatch, ScanBatch__Output as _praxisbus_imaging_v1_ScanBatch__Output } from '../../../praxisbus/imaging/v1/ScanBatch.ts';

export interface ImagingClient extends grpc.Client {
  /**
   * One scan batch with its sets and images. NOT_FOUND where the practice has none of that id.
   */
  GetScanBatch(argument: _praxisbus_imaging_v1_GetScanBatchRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_imaging_v1_ScanBatch__Output>): grpc.ClientUnaryCall;
  GetScanBatch(argument: _praxisbus_imaging_v1_GetScanBatchRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_praxisbus_imaging_v1_ScanBatch__Output>): grpc.ClientUnaryCall;
  GetScanBatch(argument: _praxisbus_imaging_v1_GetScanBatchRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_imaging_v1_ScanBatch__Output>): grpc.ClientUnaryCall;
  GetScanBatch(argument: _praxisbus_imaging_v1_GetScanBatchRequest, callback: grpc.requestCallback<_praxisbus_imaging_v1_ScanBatch__Output>): grpc.ClientUnaryCall;
  /**
   * One scan batch with its sets and images. NOT_FOUND where the practice has none of that id.
   */
  getScanBatch(argument: _praxisbus_imaging_v1_GetScanBatchRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_imaging_v1_ScanBatch__Output>): grpc.ClientUnaryCall;
  getScanBatch(argument: _praxisbus_imaging_v1_GetScanBatchRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_praxisbus_imaging_v1_ScanBatch__Output>): grpc.ClientUnaryCall;
  getScanBatch(argument: _praxisbus_imaging_v1_GetScanBatchRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_imaging_v1_ScanBatch__Output>): grpc.ClientUnaryCall;
  getScanBatch(argument: _praxisbus_imaging_v1_GetScanBatchRequest, callback: grpc.requestCallback<_praxisbus_imaging_v1_ScanBatch__Output>): grpc.ClientUnaryCall;
  
}

export interface ImagingHandlers extends grpc.UntypedServiceImplementation {
  /**
   * One scan batch with its sets and images. NOT_FOUND where the practice has none of that id.
   */
  GetScanBatch: grpc.handleUnaryCall<_praxisbus_imaging_v1_GetScanBatchRequest__Output, _praxisbus_imaging_v1_ScanBatch>;
  
}

export interface ImagingDefinition extends grpc.ServiceDefinition {
  GetScanBatch: MethodDefinition<_praxisbus_imaging_v1_GetScanBatchRequest, _praxisbus_imaging_v1_ScanBatch, _praxisbus_imaging_v1_GetScanBatchRequest__Output, _praxisbus_imaging_v1_ScanBatch__Output>
}
