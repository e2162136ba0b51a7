// Original file: protos/billing.proto

import type { ProofFault as _praxisbus_billing_v1_ProofFault, ProofFault__Output as _praxisbus_billing_v1_ProofFault__Output } from '../../../praxisbus/billing/v1/ProofFault.ts';
import type { ProvenReceipt as _praxisbus_billing_v1_ProvenReceipt, ProvenReceipt__Output as _praxisbus_billing_v1_ProvenReceipt__Output } from '../../../praxisbus/billing/v1/ProvenReceipt.ts';
import type { MovedByKind as _praxisbus_billing_v1_MovedByKind, MovedByKind__Output as _praxisbus_billing_v1_MovedByKind__Output } from '../../../praxisbus/billing/v1/MovedByKind.ts';
import type { Long } from '@grpc/proto-loader';

export interface BatchProof {
  'batchId'?: (string);
  'name'?: (string);
  'batchDate'?: (string);
  'effectiveThrough'?: (string);
  'recordedThrough'?: (string);
  /**
   * false: `faults` says where.
   */
  'addsUp'?: (boolean);
  'receivedCents'?: (number | string | Long);
  'appliedCents'?: (number | string | Long);
  'escrowCents'?: (number | string | Long);
  'disbursedCents'?: (number | string | Long);
  'refundedCents'?: (number | string | Long);
  /**
   * Received, less where it went.
   */
  'offCents'?: (number | string | Long);
  'faults'?: (_praxisbus_billing_v1_ProofFault)[];
  'receiptCount'?: (number);
  'receipts'?: (_praxisbus_billing_v1_ProvenReceipt)[];
  /**
   * Empty: there are no more receipts.
   */
  'next'?: (string);
  'moved'?: (_praxisbus_billing_v1_MovedByKind)[];
}

export interface BatchProof__Output {
  'batchId': (string);
  'name': (string);
  'batchDate': (string);
  'effectiveThrough': (string);
  'recordedThrough': (string);
  /**
   * false: `faults` says where.
   */
  'addsUp': (boolean);
  'receivedCents': (number);
  'appliedCents': (number);
  'escrowCents': (number);
  'disbursedCents': (number);
  'refundedCents': (number);
  /**
   * Received, less where it went.
   */
  'offCents': (number);
  'faults': (_praxisbus_billing_v1_ProofFault__Output)[];
  'receiptCount': (number);
  'receipts': (_praxisbus_billing_v1_ProvenReceipt__Output)[];
  /**
   * Empty: there are no more receipts.
   */
  'next': (string);
  'moved': (_praxisbus_billing_v1_MovedByKind__Output)[];
}
