import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { BalanceExplanation as _praxisbus_billing_v1_BalanceExplanation, BalanceExplanation__Output as _praxisbus_billing_v1_BalanceExplanation__Output } from './praxisbus/billing/v1/BalanceExplanation.ts';
import type { BatchProof as _praxisbus_billing_v1_BatchProof, BatchProof__Output as _praxisbus_billing_v1_BatchProof__Output } from './praxisbus/billing/v1/BatchProof.ts';
import type { BillingClient as _praxisbus_billing_v1_BillingClient, BillingDefinition as _praxisbus_billing_v1_BillingDefinition } from './praxisbus/billing/v1/Billing.ts';
import type { ChargeSource as _praxisbus_billing_v1_ChargeSource, ChargeSource__Output as _praxisbus_billing_v1_ChargeSource__Output } from './praxisbus/billing/v1/ChargeSource.ts';
import type { DependentCharge as _praxisbus_billing_v1_DependentCharge, DependentCharge__Output as _praxisbus_billing_v1_DependentCharge__Output } from './praxisbus/billing/v1/DependentCharge.ts';
import type { DependentDocument as _praxisbus_billing_v1_DependentDocument, DependentDocument__Output as _praxisbus_billing_v1_DependentDocument__Output } from './praxisbus/billing/v1/DependentDocument.ts';
import type { DependentPayment as _praxisbus_billing_v1_DependentPayment, DependentPayment__Output as _praxisbus_billing_v1_DependentPayment__Output } from './praxisbus/billing/v1/DependentPayment.ts';
import type { EncounterDependents as _praxisbus_billing_v1_EncounterDependents, EncounterDependents__Output as _praxisbus_billing_v1_EncounterDependents__Output } from './praxisbus/billing/v1/EncounterDependents.ts';
import type { ExplainBalanceRequest as _praxisbus_billing_v1_ExplainBalanceRequest, ExplainBalanceRequest__Output as _praxisbus_billing_v1_ExplainBalanceRequest__Output } from './praxisbus/billing/v1/ExplainBalanceRequest.ts';
import type { ExplainedAccount as _praxisbus_billing_v1_ExplainedAccount, ExplainedAccount__Output as _praxisbus_billing_v1_ExplainedAccount__Output } from './praxisbus/billing/v1/ExplainedAccount.ts';
import type { ExplainedEntry as _praxisbus_billing_v1_ExplainedEntry, ExplainedEntry__Output as _praxisbus_billing_v1_ExplainedEntry__Output } from './praxisbus/billing/v1/ExplainedEntry.ts';
import type { GetEncounterDependentsRequest as _praxisbus_billing_v1_GetEncounterDependentsRequest, GetEncounterDependentsRequest__Output as _praxisbus_billing_v1_GetEncounterDependentsRequest__Output } from './praxisbus/billing/v1/GetEncounterDependentsRequest.ts';
import type { GetReceiptRequest as _praxisbus_billing_v1_GetReceiptRequest, GetReceiptRequest__Output as _praxisbus_billing_v1_GetReceiptRequest__Output } from './praxisbus/billing/v1/GetReceiptRequest.ts';
import type { GetVisitBillingRequest as _praxisbus_billing_v1_GetVisitBillingRequest, GetVisitBillingRequest__Output as _praxisbus_billing_v1_GetVisitBillingRequest__Output } from './praxisbus/billing/v1/GetVisitBillingRequest.ts';
import type { LedgerEntry as _praxisbus_billing_v1_LedgerEntry, LedgerEntry__Output as _praxisbus_billing_v1_LedgerEntry__Output } from './praxisbus/billing/v1/LedgerEntry.ts';
import type { ListProofEntriesRequest as _praxisbus_billing_v1_ListProofEntriesRequest, ListProofEntriesRequest__Output as _praxisbus_billing_v1_ListProofEntriesRequest__Output } from './praxisbus/billing/v1/ListProofEntriesRequest.ts';
import type { ListVisitBillingRequest as _praxisbus_billing_v1_ListVisitBillingRequest, ListVisitBillingRequest__Output as _praxisbus_billing_v1_ListVisitBillingRequest__Output } from './praxisbus/billing/v1/ListVisitBillingRequest.ts';
import type { MovedByKind as _praxisbus_billing_v1_MovedByKind, MovedByKind__Output as _praxisbus_billing_v1_MovedByKind__Output } from './praxisbus/billing/v1/MovedByKind.ts';
import type { OpposedEntry as _praxisbus_billing_v1_OpposedEntry, OpposedEntry__Output as _praxisbus_billing_v1_OpposedEntry__Output } from './praxisbus/billing/v1/OpposedEntry.ts';
import type { PreviewLine as _praxisbus_billing_v1_PreviewLine, PreviewLine__Output as _praxisbus_billing_v1_PreviewLine__Output } from './praxisbus/billing/v1/PreviewLine.ts';
import type { PreviewService as _praxisbus_billing_v1_PreviewService, PreviewService__Output as _praxisbus_billing_v1_PreviewService__Output } from './praxisbus/billing/v1/PreviewService.ts';
import type { PreviewSessionRequest as _praxisbus_billing_v1_PreviewSessionRequest, PreviewSessionRequest__Output as _praxisbus_billing_v1_PreviewSessionRequest__Output } from './praxisbus/billing/v1/PreviewSessionRequest.ts';
import type { ProofEntries as _praxisbus_billing_v1_ProofEntries, ProofEntries__Output as _praxisbus_billing_v1_ProofEntries__Output } from './praxisbus/billing/v1/ProofEntries.ts';
import type { ProofEntry as _praxisbus_billing_v1_ProofEntry, ProofEntry__Output as _praxisbus_billing_v1_ProofEntry__Output } from './praxisbus/billing/v1/ProofEntry.ts';
import type { ProofFault as _praxisbus_billing_v1_ProofFault, ProofFault__Output as _praxisbus_billing_v1_ProofFault__Output } from './praxisbus/billing/v1/ProofFault.ts';
import type { ProveBatchRequest as _praxisbus_billing_v1_ProveBatchRequest, ProveBatchRequest__Output as _praxisbus_billing_v1_ProveBatchRequest__Output } from './praxisbus/billing/v1/ProveBatchRequest.ts';
import type { ProvenReceipt as _praxisbus_billing_v1_ProvenReceipt, ProvenReceipt__Output as _praxisbus_billing_v1_ProvenReceipt__Output } from './praxisbus/billing/v1/ProvenReceipt.ts';
import type { Receipt as _praxisbus_billing_v1_Receipt, Receipt__Output as _praxisbus_billing_v1_Receipt__Output } from './praxisbus/billing/v1/Receipt.ts';
import type { ReceiptSource as _praxisbus_billing_v1_ReceiptSource, ReceiptSource__Output as _praxisbus_billing_v1_ReceiptSource__Output } from './praxisbus/billing/v1/ReceiptSource.ts';
import type { SessionPreview as _praxisbus_billing_v1_SessionPreview, SessionPreview__Output as _praxisbus_billing_v1_SessionPreview__Output } from './praxisbus/billing/v1/SessionPreview.ts';
import type { VisitBilling as _praxisbus_billing_v1_VisitBilling, VisitBilling__Output as _praxisbus_billing_v1_VisitBilling__Output } from './praxisbus/billing/v1/VisitBilling.ts';
import type { VisitBillings as _praxisbus_billing_v1_VisitBillings, VisitBillings__Output as _praxisbus_billing_v1_VisitBillings__Output } from './praxisbus/billing/v1/VisitBillings.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  praxisbus: {
    billing: {
      v1: {
        BalanceExplanation: MessageTypeDefinition<_praxisbus_billing_v1_BalanceExplanation, _praxisbus_billing_v1_BalanceExplanation__Output>
        BatchProof: MessageTypeDefinition<_praxisbus_billing_v1_BatchProof, _praxisbus_billing_v1_BatchProof__Output>
        Billing: SubtypeConstructor<typeof grpc.Client, _praxisbus_billing_v1_BillingClient> & { service: _praxisbus_billing_v1_BillingDefinition }
        ChargeSource: MessageTypeDefinition<_praxisbus_billing_v1_ChargeSource, _praxisbus_billing_v1_ChargeSource__Output>
        DependentCharge: MessageTypeDefinition<_praxisbus_billing_v1_DependentCharge, _praxisbus_billing_v1_DependentCharge__Output>
        DependentDocument: MessageTypeDefinition<_praxisbus_billing_v1_DependentDocument, _praxisbus_billing_v1_DependentDocument__Output>
        DependentPayment: MessageTypeDefinition<_praxisbus_billing_v1_DependentPayment, _praxisbus_billing_v1_DependentPayment__Output>
        EncounterDependents: MessageTypeDefinition<_praxisbus_billing_v1_EncounterDependents, _praxisbus_billing_v1_EncounterDependents__Output>
        ExplainBalanceRequest: MessageTypeDefinition<_praxisbus_billing_v1_ExplainBalanceRequest, _praxisbus_billing_v1_ExplainBalanceRequest__Output>
        ExplainedAccount: MessageTypeDefinition<_praxisbus_billing_v1_ExplainedAccount, _praxisbus_billing_v1_ExplainedAccount__Output>
        ExplainedEntry: MessageTypeDefinition<_praxisbus_billing_v1_ExplainedEntry, _praxisbus_billing_v1_ExplainedEntry__Output>
        GetEncounterDependentsRequest: MessageTypeDefinition<_praxisbus_billing_v1_GetEncounterDependentsRequest, _praxisbus_billing_v1_GetEncounterDependentsRequest__Output>
        GetReceiptRequest: MessageTypeDefinition<_praxisbus_billing_v1_GetReceiptRequest, _praxisbus_billing_v1_GetReceiptRequest__Output>
        GetVisitBillingRequest: MessageTypeDefinition<_praxisbus_billing_v1_GetVisitBillingRequest, _praxisbus_billing_v1_GetVisitBillingRequest__Output>
        LedgerEntry: MessageTypeDefinition<_praxisbus_billing_v1_LedgerEntry, _praxisbus_billing_v1_LedgerEntry__Output>
        ListProofEntriesRequest: MessageTypeDefinition<_praxisbus_billing_v1_ListProofEntriesRequest, _praxisbus_billing_v1_ListProofEntriesRequest__Output>
        ListVisitBillingRequest: MessageTypeDefinition<_praxisbus_billing_v1_ListVisitBillingRequest, _praxisbus_billing_v1_ListVisitBillingRequest__Output>
        MovedByKind: MessageTypeDefinition<_praxisbus_billing_v1_MovedByKind, _praxisbus_billing_v1_MovedByKind__Output>
        OpposedEntry: MessageTypeDefinition<_praxisbus_billing_v1_OpposedEntry, _praxisbus_billing_v1_OpposedEntry__Output>
        PreviewLine: MessageTypeDefinition<_praxisbus_billing_v1_PreviewLine, _praxisbus_billing_v1_PreviewLine__Output>
        PreviewService: MessageTypeDefinition<_praxisbus_billing_v1_PreviewService, _praxisbus_billing_v1_PreviewService__Output>
        PreviewSessionRequest: MessageTypeDefinition<_praxisbus_billing_v1_PreviewSessionRequest, _praxisbus_billing_v1_PreviewSessionRequest__Output>
        ProofEntries: MessageTypeDefinition<_praxisbus_billing_v1_ProofEntries, _praxisbus_billing_v1_ProofEntries__Output>
        ProofEntry: MessageTypeDefinition<_praxisbus_billing_v1_ProofEntry, _praxisbus_billing_v1_ProofEntry__Output>
        ProofFault: MessageTypeDefinition<_praxisbus_billing_v1_ProofFault, _praxisbus_billing_v1_ProofFault__Output>
        ProveBatchRequest: MessageTypeDefinition<_praxisbus_billing_v1_ProveBatchRequest, _praxisbus_billing_v1_ProveBatchRequest__Output>
        ProvenReceipt: MessageTypeDefinition<_praxisbus_billing_v1_ProvenReceipt, _praxisbus_billing_v1_ProvenReceipt__Output>
        Receipt: MessageTypeDefinition<_praxisbus_billing_v1_Receipt, _praxisbus_billing_v1_Receipt__Output>
        ReceiptSource: MessageTypeDefinition<_praxisbus_billing_v1_ReceiptSource, _praxisbus_billing_v1_ReceiptSource__Output>
        SessionPreview: MessageTypeDefinition<_praxisbus_billing_v1_SessionPreview, _praxisbus_billing_v1_SessionPreview__Output>
        VisitBilling: MessageTypeDefinition<_praxisbus_billing_v1_VisitBilling, _praxisbus_billing_v1_VisitBilling__Output>
        VisitBillings: MessageTypeDefinition<_praxisbus_billing_v1_VisitBillings, _praxisbus_billing_v1_VisitBillings__Output>
      }
    }
  }
}

