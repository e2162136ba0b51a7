// Original file: protos/billing.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { BalanceExplanation as _praxisbus_billing_v1_BalanceExplanation, BalanceExplanation__Output as _praxisbus_billing_v1_BalanceExplanation__Output } from '../../../praxisbus/billing/v1/BalanceExplanation.ts';
import type { BatchProof as _praxisbus_billing_v1_BatchProof, BatchProof__Output as _praxisbus_billing_v1_BatchProof__Output } from '../../../praxisbus/billing/v1/BatchProof.ts';
import type { EncounterDependents as _praxisbus_billing_v1_EncounterDependents, EncounterDependents__Output as _praxisbus_billing_v1_EncounterDependents__Output } from '../../../praxisbus/billing/v1/EncounterDependents.ts';
import type { ExplainBalanceRequest as _praxisbus_billing_v1_ExplainBalanceRequest, ExplainBalanceRequest__Output as _praxisbus_billing_v1_ExplainBalanceRequest__Output } from '../../../praxisbus/billing/v1/ExplainBalanceRequest.ts';
import type { GetEncounterDependentsRequest as _praxisbus_billing_v1_GetEncounterDependentsRequest, GetEncounterDependentsRequest__Output as _praxisbus_billing_v1_GetEncounterDependentsRequest__Output } from '../../../praxisbus/billing/v1/GetEncounterDependentsRequest.ts';
import type { GetReceiptRequest as _praxisbus_billing_v1_GetReceiptRequest, GetReceiptRequest__Output as _praxisbus_billing_v1_GetReceiptRequest__Output } from '../../../praxisbus/billing/v1/GetReceiptRequest.ts';
import type { GetVisitBillingRequest as _praxisbus_billing_v1_GetVisitBillingRequest, GetVisitBillingRequest__Output as _praxisbus_billing_v1_GetVisitBillingRequest__Output } from '../../../praxisbus/billing/v1/GetVisitBillingRequest.ts';
import type { ListProofEntriesRequest as _praxisbus_billing_v1_ListProofEntriesRequest, ListProofEntriesRequest__Output as _praxisbus_billing_v1_ListProofEntriesRequest__Output } from '../../../praxisbus/billing/v1/ListProofEntriesRequest.ts';
import type { ListVisitBillingRequest as _praxisbus_billing_v1_ListVisitBillingRequest, ListVisitBillingRequest__Output as _praxisbus_billing_v1_ListVisitBillingRequest__Output } from '../../../praxisbus/billing/v1/ListVisitBillingRequest.ts';
import type { PreviewSessionRequest as _praxisbus_billing_v1_PreviewSessionRequest, PreviewSessionRequest__Output as _praxisbus_billing_v1_PreviewSessionRequest__Output } from '../../../praxisbus/billing/v1/PreviewSessionRequest.ts';
import type { ProofEntries as _praxisbus_billing_v1_ProofEntries, ProofEntries__Output as _praxisbus_billing_v1_ProofEntries__Output } from '../../../praxisbus/billing/v1/ProofEntries.ts';
import type { ProveBatchRequest as _praxisbus_billing_v1_ProveBatchRequest, ProveBatchRequest__Output as _praxisbus_billing_v1_ProveBatchRequest__Output } from '../../../praxisbus/billing/v1/ProveBatchRequest.ts';
import type { Receipt as _praxisbus_billing_v1_Receipt, Receipt__Output as _praxisbus_billing_v1_Receipt__Output } from '../../../praxisbus/billing/v1/Receipt.ts';
import type { SessionPreview as _praxisbus_billing_v1_SessionPreview, SessionPreview__Output as _praxisbus_billing_v1_SessionPreview__Output } from '../../../praxisbus/billing/v1/SessionPreview.ts';
import type { VisitBilling as _praxisbus_billing_v1_VisitBilling, VisitBilling__Output as _praxisbus_billing_v1_VisitBilling__Output } from '../../../praxisbus/billing/v1/VisitBilling.ts';
import type { VisitBillings as _praxisbus_billing_v1_VisitBillings, VisitBillings__Output as _praxisbus_billing_v1_VisitBillings__Output } from '../../../praxisbus/billing/v1/VisitBillings.ts';

export interface BillingClient extends grpc.Client {
  /**
   * Any cent back to its receipt, charge, bill, note and visit (B-19). At most 100 entries in one answer.
   */
  ExplainBalance(argument: _praxisbus_billing_v1_ExplainBalanceRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_billing_v1_BalanceExplanation__Output>): grpc.ClientUnaryCall;
  ExplainBalance(argument: _praxisbus_billing_v1_ExplainBalanceRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_praxisbus_billing_v1_BalanceExplanation__Output>): grpc.ClientUnaryCall;
  ExplainBalance(argument: _praxisbus_billing_v1_ExplainBalanceRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_billing_v1_BalanceExplanation__Output>): grpc.ClientUnaryCall;
  ExplainBalance(argument: _praxisbus_billing_v1_ExplainBalanceRequest, callback: grpc.requestCallback<_praxisbus_billing_v1_BalanceExplanation__Output>): grpc.ClientUnaryCall;
  /**
   * Any cent back to its receipt, charge, bill, note and visit (B-19). At most 100 entries in one answer.
   */
  explainBalance(argument: _praxisbus_billing_v1_ExplainBalanceRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_billing_v1_BalanceExplanation__Output>): grpc.ClientUnaryCall;
  explainBalance(argument: _praxisbus_billing_v1_ExplainBalanceRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_praxisbus_billing_v1_BalanceExplanation__Output>): grpc.ClientUnaryCall;
  explainBalance(argument: _praxisbus_billing_v1_ExplainBalanceRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_billing_v1_BalanceExplanation__Output>): grpc.ClientUnaryCall;
  explainBalance(argument: _praxisbus_billing_v1_ExplainBalanceRequest, callback: grpc.requestCallback<_praxisbus_billing_v1_BalanceExplanation__Output>): grpc.ClientUnaryCall;
  
  /**
   * What in the books depends on a clinical encounter: its charges, the payments on them, documents, closed periods (E-11). At most
   * 500 of each in one answer. An encounter that billing has not heard of depends on nothing.
   */
  GetEncounterDependents(argument: _praxisbus_billing_v1_GetEncounterDependentsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_billing_v1_EncounterDependents__Output>): grpc.ClientUnaryCall;
  GetEncounterDependents(argument: _praxisbus_billing_v1_GetEncounterDependentsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_praxisbus_billing_v1_EncounterDependents__Output>): grpc.ClientUnaryCall;
  GetEncounterDependents(argument: _praxisbus_billing_v1_GetEncounterDependentsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_billing_v1_EncounterDependents__Output>): grpc.ClientUnaryCall;
  GetEncounterDependents(argument: _praxisbus_billing_v1_GetEncounterDependentsRequest, callback: grpc.requestCallback<_praxisbus_billing_v1_EncounterDependents__Output>): grpc.ClientUnaryCall;
  /**
   * What in the books depends on a clinical encounter: its charges, the payments on them, documents, closed periods (E-11). At most
   * 500 of each in one answer. An encounter that billing has not heard of depends on nothing.
   */
  getEncounterDependents(argument: _praxisbus_billing_v1_GetEncounterDependentsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_billing_v1_EncounterDependents__Output>): grpc.ClientUnaryCall;
  getEncounterDependents(argument: _praxisbus_billing_v1_GetEncounterDependentsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_praxisbus_billing_v1_EncounterDependents__Output>): grpc.ClientUnaryCall;
  getEncounterDependents(argument: _praxisbus_billing_v1_GetEncounterDependentsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_billing_v1_EncounterDependents__Output>): grpc.ClientUnaryCall;
  getEncounterDependents(argument: _praxisbus_billing_v1_GetEncounterDependentsRequest, callback: grpc.requestCallback<_praxisbus_billing_v1_EncounterDependents__Output>): grpc.ClientUnaryCall;
  
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
   * The entries behind a figure of ProveBatch, at most 500 in one answer.
   */
  ListProofEntries(argument: _praxisbus_billing_v1_ListProofEntriesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_billing_v1_ProofEntries__Output>): grpc.ClientUnaryCall;
  ListProofEntries(argument: _praxisbus_billing_v1_ListProofEntriesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_praxisbus_billing_v1_ProofEntries__Output>): grpc.ClientUnaryCall;
  ListProofEntries(argument: _praxisbus_billing_v1_ListProofEntriesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_billing_v1_ProofEntries__Output>): grpc.ClientUnaryCall;
  ListProofEntries(argument: _praxisbus_billing_v1_ListProofEntriesRequest, callback: grpc.requestCallback<_praxisbus_billing_v1_ProofEntries__Output>): grpc.ClientUnaryCall;
  /**
   * The entries behind a figure of ProveBatch, at most 500 in one answer.
   */
  listProofEntries(argument: _praxisbus_billing_v1_ListProofEntriesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_billing_v1_ProofEntries__Output>): grpc.ClientUnaryCall;
  listProofEntries(argument: _praxisbus_billing_v1_ListProofEntriesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_praxisbus_billing_v1_ProofEntries__Output>): grpc.ClientUnaryCall;
  listProofEntries(argument: _praxisbus_billing_v1_ListProofEntriesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_billing_v1_ProofEntries__Output>): grpc.ClientUnaryCall;
  listProofEntries(argument: _praxisbus_billing_v1_ListProofEntriesRequest, callback: grpc.requestCallback<_praxisbus_billing_v1_ProofEntries__Output>): grpc.ClientUnaryCall;
  
  /**
   * The same for the occurrences of a series (S-14): at most 1,100, in the order in which they were asked for.
   */
  ListVisitBilling(argument: _praxisbus_billing_v1_ListVisitBillingRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_billing_v1_VisitBillings__Output>): grpc.ClientUnaryCall;
  ListVisitBilling(argument: _praxisbus_billing_v1_ListVisitBillingRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_praxisbus_billing_v1_VisitBillings__Output>): grpc.ClientUnaryCall;
  ListVisitBilling(argument: _praxisbus_billing_v1_ListVisitBillingRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_billing_v1_VisitBillings__Output>): grpc.ClientUnaryCall;
  ListVisitBilling(argument: _praxisbus_billing_v1_ListVisitBillingRequest, callback: grpc.requestCallback<_praxisbus_billing_v1_VisitBillings__Output>): grpc.ClientUnaryCall;
  /**
   * The same for the occurrences of a series (S-14): at most 1,100, in the order in which they were asked for.
   */
  listVisitBilling(argument: _praxisbus_billing_v1_ListVisitBillingRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_billing_v1_VisitBillings__Output>): grpc.ClientUnaryCall;
  listVisitBilling(argument: _praxisbus_billing_v1_ListVisitBillingRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_praxisbus_billing_v1_VisitBillings__Output>): grpc.ClientUnaryCall;
  listVisitBilling(argument: _praxisbus_billing_v1_ListVisitBillingRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_billing_v1_VisitBillings__Output>): grpc.ClientUnaryCall;
  listVisitBilling(argument: _praxisbus_billing_v1_ListVisitBillingRequest, callback: grpc.requestCallback<_praxisbus_billing_v1_VisitBillings__Output>): grpc.ClientUnaryCall;
  
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
  
  /**
   * Received = applied + escrow + disbursed + refunded over the receipts of a reference batch, as of two dates, and what the
   * batch itself moved (B-19). At most 100 receipts in one answer.
   */
  ProveBatch(argument: _praxisbus_billing_v1_ProveBatchRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_billing_v1_BatchProof__Output>): grpc.ClientUnaryCall;
  ProveBatch(argument: _praxisbus_billing_v1_ProveBatchRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_praxisbus_billing_v1_BatchProof__Output>): grpc.ClientUnaryCall;
  ProveBatch(argument: _praxisbus_billing_v1_ProveBatchRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_billing_v1_BatchProof__Output>): grpc.ClientUnaryCall;
  ProveBatch(argument: _praxisbus_billing_v1_ProveBatchRequest, callback: grpc.requestCallback<_praxisbus_billing_v1_BatchProof__Output>): grpc.ClientUnaryCall;
  /**
   * Received = applied + escrow + disbursed + refunded over the receipts of a reference batch, as of two dates, and what the
   * batch itself moved (B-19). At most 100 receipts in one answer.
   */
  proveBatch(argument: _praxisbus_billing_v1_ProveBatchRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_billing_v1_BatchProof__Output>): grpc.ClientUnaryCall;
  proveBatch(argument: _praxisbus_billing_v1_ProveBatchRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_praxisbus_billing_v1_BatchProof__Output>): grpc.ClientUnaryCall;
  proveBatch(argument: _praxisbus_billing_v1_ProveBatchRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_billing_v1_BatchProof__Output>): grpc.ClientUnaryCall;
  proveBatch(argument: _praxisbus_billing_v1_ProveBatchRequest, callback: grpc.requestCallback<_praxisbus_billing_v1_BatchProof__Output>): grpc.ClientUnaryCall;
  
}

export interface BillingHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Any cent back to its receipt, charge, bill, note and visit (B-19). At most 100 entries in one answer.
   */
  ExplainBalance: grpc.handleUnaryCall<_praxisbus_billing_v1_ExplainBalanceRequest__Output, _praxisbus_billing_v1_BalanceExplanation>;
  
  /**
   * What in the books depends on a clinical encounter: its charges, the payments on them, documents, closed periods (E-11). At most
   * 500 of each in one answer. An encounter that billing has not heard of depends on nothing.
   */
  GetEncounterDependents: grpc.handleUnaryCall<_praxisbus_billing_v1_GetEncounterDependentsRequest__Output, _praxisbus_billing_v1_EncounterDependents>;
  
  /**
   * A receipt and where its money is (B-10). NOT_FOUND where the practice has none of that id.
   */
  GetReceipt: grpc.handleUnaryCall<_praxisbus_billing_v1_GetReceiptRequest__Output, _praxisbus_billing_v1_Receipt>;
  
  /**
   * What billing holds for a visit: no bill, an open or cancelled bill, payments on it, money in escrow (S-16).
   */
  GetVisitBilling: grpc.handleUnaryCall<_praxisbus_billing_v1_GetVisitBillingRequest__Output, _praxisbus_billing_v1_VisitBilling>;
  
  /**
   * The entries behind a figure of ProveBatch, at most 500 in one answer.
   */
  ListProofEntries: grpc.handleUnaryCall<_praxisbus_billing_v1_ListProofEntriesRequest__Output, _praxisbus_billing_v1_ProofEntries>;
  
  /**
   * The same for the occurrences of a series (S-14): at most 1,100, in the order in which they were asked for.
   */
  ListVisitBilling: grpc.handleUnaryCall<_praxisbus_billing_v1_ListVisitBillingRequest__Output, _praxisbus_billing_v1_VisitBillings>;
  
  /**
   * The line items that completing a session would bill, priced from the catalogue (S-22).
   */
  PreviewSession: grpc.handleUnaryCall<_praxisbus_billing_v1_PreviewSessionRequest__Output, _praxisbus_billing_v1_SessionPreview>;
  
  /**
   * Received = applied + escrow + disbursed + refunded over the receipts of a reference batch, as of two dates, and what the
   * batch itself moved (B-19). At most 100 receipts in one answer.
   */
  ProveBatch: grpc.handleUnaryCall<_praxisbus_billing_v1_ProveBatchRequest__Output, _praxisbus_billing_v1_BatchProof>;
  
}

export interface BillingDefinition extends grpc.ServiceDefinition {
  ExplainBalance: MethodDefinition<_praxisbus_billing_v1_ExplainBalanceRequest, _praxisbus_billing_v1_BalanceExplanation, _praxisbus_billing_v1_ExplainBalanceRequest__Output, _praxisbus_billing_v1_BalanceExplanation__Output>
  GetEncounterDependents: MethodDefinition<_praxisbus_billing_v1_GetEncounterDependentsRequest, _praxisbus_billing_v1_EncounterDependents, _praxisbus_billing_v1_GetEncounterDependentsRequest__Output, _praxisbus_billing_v1_EncounterDependents__Output>
  GetReceipt: MethodDefinition<_praxisbus_billing_v1_GetReceiptRequest, _praxisbus_billing_v1_Receipt, _praxisbus_billing_v1_GetReceiptRequest__Output, _praxisbus_billing_v1_Receipt__Output>
  GetVisitBilling: MethodDefinition<_praxisbus_billing_v1_GetVisitBillingRequest, _praxisbus_billing_v1_VisitBilling, _praxisbus_billing_v1_GetVisitBillingRequest__Output, _praxisbus_billing_v1_VisitBilling__Output>
  ListProofEntries: MethodDefinition<_praxisbus_billing_v1_ListProofEntriesRequest, _praxisbus_billing_v1_ProofEntries, _praxisbus_billing_v1_ListProofEntriesRequest__Output, _praxisbus_billing_v1_ProofEntries__Output>
  ListVisitBilling: MethodDefinition<_praxisbus_billing_v1_ListVisitBillingRequest, _praxisbus_billing_v1_VisitBillings, _praxisbus_billing_v1_ListVisitBillingRequest__Output, _praxisbus_billing_v1_VisitBillings__Output>
  PreviewSession: MethodDefinition<_praxisbus_billing_v1_PreviewSessionRequest, _praxisbus_billing_v1_SessionPreview, _praxisbus_billing_v1_PreviewSessionRequest__Output, _praxisbus_billing_v1_SessionPreview__Output>
  ProveBatch: MethodDefinition<_praxisbus_billing_v1_ProveBatchRequest, _praxisbus_billing_v1_BatchProof, _praxisbus_billing_v1_ProveBatchRequest__Output, _praxisbus_billing_v1_BatchProof__Output>
}
