import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { BillingClient as _praxisbus_billing_v1_BillingClient, BillingDefinition as _praxisbus_billing_v1_BillingDefinition } from './praxisbus/billing/v1/Billing.ts';
import type { GetReceiptRequest as _praxisbus_billing_v1_GetReceiptRequest, GetReceiptRequest__Output as _praxisbus_billing_v1_GetReceiptRequest__Output } from './praxisbus/billing/v1/GetReceiptRequest.ts';
import type { GetVisitBillingRequest as _praxisbus_billing_v1_GetVisitBillingRequest, GetVisitBillingRequest__Output as _praxisbus_billing_v1_GetVisitBillingRequest__Output } from './praxisbus/billing/v1/GetVisitBillingRequest.ts';
import type { PreviewLine as _praxisbus_billing_v1_PreviewLine, PreviewLine__Output as _praxisbus_billing_v1_PreviewLine__Output } from './praxisbus/billing/v1/PreviewLine.ts';
import type { PreviewService as _praxisbus_billing_v1_PreviewService, PreviewService__Output as _praxisbus_billing_v1_PreviewService__Output } from './praxisbus/billing/v1/PreviewService.ts';
import type { PreviewSessionRequest as _praxisbus_billing_v1_PreviewSessionRequest, PreviewSessionRequest__Output as _praxisbus_billing_v1_PreviewSessionRequest__Output } from './praxisbus/billing/v1/PreviewSessionRequest.ts';
import type { Receipt as _praxisbus_billing_v1_Receipt, Receipt__Output as _praxisbus_billing_v1_Receipt__Output } from './praxisbus/billing/v1/Receipt.ts';
import type { SessionPreview as _praxisbus_billing_v1_SessionPreview, SessionPreview__Output as _praxisbus_billing_v1_SessionPreview__Output } from './praxisbus/billing/v1/SessionPreview.ts';
import type { VisitBilling as _praxisbus_billing_v1_VisitBilling, VisitBilling__Output as _praxisbus_billing_v1_VisitBilling__Output } from './praxisbus/billing/v1/VisitBilling.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  praxisbus: {
    billing: {
      v1: {
        Billing: SubtypeConstructor<typeof grpc.Client, _praxisbus_billing_v1_BillingClient> & { service: _praxisbus_billing_v1_BillingDefinition }
        GetReceiptRequest: MessageTypeDefinition<_praxisbus_billing_v1_GetReceiptRequest, _praxisbus_billing_v1_GetReceiptRequest__Output>
        GetVisitBillingRequest: MessageTypeDefinition<_praxisbus_billing_v1_GetVisitBillingRequest, _praxisbus_billing_v1_GetVisitBillingRequest__Output>
        PreviewLine: MessageTypeDefinition<_praxisbus_billing_v1_PreviewLine, _praxisbus_billing_v1_PreviewLine__Output>
        PreviewService: MessageTypeDefinition<_praxisbus_billing_v1_PreviewService, _praxisbus_billing_v1_PreviewService__Output>
        PreviewSessionRequest: MessageTypeDefinition<_praxisbus_billing_v1_PreviewSessionRequest, _praxisbus_billing_v1_PreviewSessionRequest__Output>
        Receipt: MessageTypeDefinition<_praxisbus_billing_v1_Receipt, _praxisbus_billing_v1_Receipt__Output>
        SessionPreview: MessageTypeDefinition<_praxisbus_billing_v1_SessionPreview, _praxisbus_billing_v1_SessionPreview__Output>
        VisitBilling: MessageTypeDefinition<_praxisbus_billing_v1_VisitBilling, _praxisbus_billing_v1_VisitBilling__Output>
      }
    }
  }
}

