// Original file: protos/billing.proto

import type { DependentCharge as _praxisbus_billing_v1_DependentCharge, DependentCharge__Output as _praxisbus_billing_v1_DependentCharge__Output } from '../../../praxisbus/billing/v1/DependentCharge.ts';
import type { DependentPayment as _praxisbus_billing_v1_DependentPayment, DependentPayment__Output as _praxisbus_billing_v1_DependentPayment__Output } from '../../../praxisbus/billing/v1/DependentPayment.ts';
import type { DependentDocument as _praxisbus_billing_v1_DependentDocument, DependentDocument__Output as _praxisbus_billing_v1_DependentDocument__Output } from '../../../praxisbus/billing/v1/DependentDocument.ts';
import type { Long } from '@grpc/proto-loader';

export interface EncounterDependents {
  /**
   * none, unsigned, posted or cancelled.
   */
  'billStatus'?: (string);
  'billingEncounterId'?: (string);
  /**
   * Money taken for the visit that waits in escrow.
   */
  'escrowCents'?: (number | string | Long);
  /**
   * YYYY-MM-DD through which the books are closed; empty: no period is.
   */
  'closedThrough'?: (string);
  'charges'?: (_praxisbus_billing_v1_DependentCharge)[];
  'payments'?: (_praxisbus_billing_v1_DependentPayment)[];
  'documents'?: (_praxisbus_billing_v1_DependentDocument)[];
}

export interface EncounterDependents__Output {
  /**
   * none, unsigned, posted or cancelled.
   */
  'billStatus': (string);
  'billingEncounterId': (string);
  /**
   * Money taken for the visit that waits in escrow.
   */
  'escrowCents': (number);
  /**
   * YYYY-MM-DD through which the books are closed; empty: no period is.
   */
  'closedThrough': (string);
  'charges': (_praxisbus_billing_v1_DependentCharge__Output)[];
  'payments': (_praxisbus_billing_v1_DependentPayment__Output)[];
  'documents': (_praxisbus_billing_v1_DependentDocument__Output)[];
}
