// Original file: protos/billing.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { GetReceiptRequest as _praxisbus_billing_v1_GetReceiptRequest, GetReceiptRequest__Output as _praxisbus_billing_v1_GetReceiptRequest__Output } from '../../../praxisbus/billing/v1/GetReceiptRequest.ts';
import type { GetVisitBillingRequest as _praxisbus_billing_v1_GetVisitBillingRequest, GetVisitBillingRequest__Output as _praxisbus_billing_v1_GetVisitBillingRequest__Output } from '../../../praxisbus/billing/v1/GetVisitBillingRequest.ts';
import type { PreviewSessionRequest as _praxisbus_billing_v1_PreviewSessionRequest, PreviewSessionRequest__Output as _praxisbus_billing_v1_PreviewSessionRequest__Output } from '../../../praxisbus/billing/v1/PreviewSessionRequest.ts';
import type { Receipt as _praxisbus_billing_v1_Receipt, Receipt__Output as _praxisbus_billing_v1_Receipt__Output } from '../../../praxisbus/billing/v1/Receipt.ts';
import type { SessionPreview as _praxisbus_billing_v1_SessionPreview, SessionPreview__Output as _praxisbus_billing_v1_SessionPreview__Output } from '../../../praxisbus/billing/v1/SessionPreview.ts';
import type { VisitBilling as _praxisbus_billing_v1_VisitBilling, VisitBilling__Output as _praxisbus_billing_v1_VisitBilling__Output } from '../../../praxisbus/billing/v1/VisitBilling.ts';

export interface BillingClient extends grpc.Client {
  /**
   * A receipt and where its money is (B-10). NOT_FOUND where the practice has none of that id.
   */
  GetReceipt(argument: _praxisbus_billing_v1_GetReceiptRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_billing_v1_Receipt__Output>): grpc.ClientUnaryCall;
  GetReceipt(argument: _praxisbus_billing_v1_GetReceiptRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_praxisbus_billing_v1_Receipt__Output>): grpc.ClientUnaryCall;
  GetReceipt(argument: _praxisbus_billing_v1_GetReceiptRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_billing_v1_Receipt__Output>): grpc.ClientUnaryCall;
  GetReceipt(argument: _praxisbus_billing_v1_GetReceiptRequest, callback: grpc.requestCallback<_praxisbus_billing_v1_Receipt__Output>): grpc.ClientUnaryCall;
  /**
   * A receipt and where its money is (B-10). NOT_FOUND where the practice has none of that id.
   */
  getReceipt(argument: _praxisbus_billing_v1_GetReceiptRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_billing_v1_Receipt__Output>): grpc.ClientUnaryCall;
  getReceipt(argument: _praxisbus_billing_v1_GetReceiptRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_praxisbus_billing_v1_Receipt__Output>): grpc.ClientUnaryCall;
  getReceipt(argument: _praxisbus_billing_v1_GetReceiptRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_billing_v1_Receipt__Output>): grpc.ClientUnaryCall;
  getReceipt(argument: _praxisbus_billing_v1_GetReceiptRequest, callback: grpc.requestCallback<_praxisbus_billing_v1_Receipt__Output>): grpc.ClientUnaryCall;
  
  /**
   * What billing holds for a visit: no bill, an open or cancelled bill, payments on it, money in escrow (S-16).
   */
  GetVisitBilling(argument: _praxisbus_billing_v1_GetVisitBillingRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_billing_v1_VisitBilling__Output>): grpc.ClientUnaryCall;
  GetVisitBilling(argument: _praxisbus_billing_v1_GetVisitBillingRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_praxisbus_billing_v1_VisitBilling__Output>): grpc.ClientUnaryCall;
  GetVisitBilling(argument: _praxisbus_billing_v1_GetVisitBillingRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_billing_v1_VisitBilling__Output>): grpc.ClientUnaryCall;
  GetVisitBilling(argument: _praxisbus_billing_v1_GetVisitBillingRequest, callback: grpc.requestCallback<_praxisbus_billing_v1_VisitBilling__Output>): grpc.ClientUnaryCall;
  /**
   * What billing holds for a visit: no bill, an open or cancelled bill, payments on it, money in escrow (S-16).
   */
  getVisitBilling(argument: _praxisbus_billing_v1_GetVisitBillingRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_billing_v1_VisitBilling__Output>): grpc.ClientUnaryCall;
  getVisitBilling(argument: _praxisbus_billing_v1_GetVisitBillingRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_praxisbus_billing_v1_VisitBilling__Output>): grpc.ClientUnaryCall;
  getVisitBilling(argument: _praxisbus_billing_v1_GetVisitBillingRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_billing_v1_VisitBilling__Output>): grpc.ClientUnaryCall;
  getVisitBilling(argument: _praxisbus_billing_v1_GetVisitBillingRequest, callback: grpc.requestCallback<_praxisbus_billing_v1_VisitBilling__Output>): grpc.ClientUnaryCall;
  
  /**
   * The line items that completing a session would bill, priced from the catalogue (S-22).
   */
  PreviewSession(argument: _praxisbus_billing_v1_PreviewSessionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_billing_v1_SessionPreview__Output>): grpc.ClientUnaryCall;
  PreviewSession(argument: _praxisbus_billing_v1_PreviewSessionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_praxisbus_billing_v1_SessionPreview__Output>): grpc.ClientUnaryCall;
  PreviewSession(argument: _praxisbus_billing_v1_PreviewSessionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_billing_v1_SessionPreview__Output>): grpc.ClientUnaryCall;
  PreviewSession(argument: _praxisbus_billing_v1_PreviewSessionRequest, callback: grpc.requestCallback<_praxisbus_billing_v1_SessionPreview__Output>): grpc.ClientUnaryCall;
  /**
   * The line items that completing a session would bill, priced from the catalogue (S-22).
   */
  previewSession(argument: _praxisbus_billing_v1_PreviewSessionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_billing_v1_SessionPreview__Output>): grpc.ClientUnaryCall;
  previewSession(argument: _praxisbus_billing_v1_PreviewSessionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_praxisbus_billing_v1_SessionPreview__Output>): grpc.ClientUnaryCall;
  previewSession(argument: _praxisbus_billing_v1_PreviewSessionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_billing_v1_SessionPreview__Output>): grpc.ClientUnaryCall;
  previewSession(argument: _praxisbus_billing_v1_PreviewSessionRequest, callback: grpc.requestCallback<_praxisbus_billing_v1_SessionPreview__Output>): grpc.ClientUnaryCall;
  
}

export interface BillingHandlers extends grpc.UntypedServiceImplementation {
  /**
   * A receipt and where its money is (B-10). NOT_FOUND where the practice has none of that id.
   */
  GetReceipt: grpc.handleUnaryCall<_praxisbus_billing_v1_GetReceiptRequest__Output, _praxisbus_billing_v1_Receipt>;
  
  /**
   * What billing holds for a visit: no bill, an open or cancelled bill, payments on it, money in escrow (S-16).
   */
  GetVisitBilling: grpc.handleUnaryCall<_praxisbus_billing_v1_GetVisitBillingRequest__Output, _praxisbus_billing_v1_VisitBilling>;
  
  /**
   * The line items that completing a session would bill, priced from the catalogue (S-22).
   */
  PreviewSession: grpc.handleUnaryCall<_praxisbus_billing_v1_PreviewSessionRequest__Output, _praxisbus_billing_v1_SessionPreview>;
  
}

export interface BillingDefinition extends grpc.ServiceDefinition {
  GetReceipt: MethodDefinition<_praxisbus_billing_v1_GetReceiptRequest, _praxisbus_billing_v1_Receipt, _praxisbus_billing_v1_GetReceiptRequest__Output, _praxisbus_billing_v1_Receipt__Output>
  GetVisitBilling: MethodDefinition<_praxisbus_billing_v1_GetVisitBillingRequest, _praxisbus_billing_v1_VisitBilling, _praxisbus_billing_v1_GetVisitBillingRequest__Output, _praxisbus_billing_v1_VisitBilling__Output>
  PreviewSession: MethodDefinition<_praxisbus_billing_v1_PreviewSessionRequest, _praxisbus_billing_v1_SessionPreview, _praxisbus_billing_v1_PreviewSessionRequest__Output, _praxisbus_billing_v1_SessionPreview__Output>
}
