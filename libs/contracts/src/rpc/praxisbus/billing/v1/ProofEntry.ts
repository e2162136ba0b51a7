// Original file: protos/billing.proto

import type { LedgerEntry as _praxisbus_billing_v1_LedgerEntry, LedgerEntry__Output as _praxisbus_billing_v1_LedgerEntry__Output } from '../../../praxisbus/billing/v1/LedgerEntry.ts';
import type { Long } from '@grpc/proto-loader';

export interface ProofEntry {
  'entry'?: (_praxisbus_billing_v1_LedgerEntry | null);
  /**
   * What it adds to the figure.
   */
  'countsCents'?: (number | string | Long);
}

export interface ProofEntry__Output {
  'entry': (_praxisbus_billing_v1_LedgerEntry__Output | null);
  /**
   * What it adds to the figure.
   */
  'countsCents': (number);
}
