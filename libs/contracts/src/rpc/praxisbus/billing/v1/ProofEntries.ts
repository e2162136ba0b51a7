// Original file: protos/billing.proto

import type { ProofEntry as _praxisbus_billing_v1_ProofEntry, ProofEntry__Output as _praxisbus_billing_v1_ProofEntry__Output } from '../../../praxisbus/billing/v1/ProofEntry.ts';
import type { Long } from '@grpc/proto-loader';

export interface ProofEntries {
  'effectiveThrough'?: (string);
  'recordedThrough'?: (string);
  'entries'?: (_praxisbus_billing_v1_ProofEntry)[];
  /**
   * 0: there are no more.
   */
  'next'?: (number | string | Long);
}

export interface ProofEntries__Output {
  'effectiveThrough': (string);
  'recordedThrough': (string);
  'entries': (_praxisbus_billing_v1_ProofEntry__Output)[];
  /**
   * 0: there are no more.
   */
  'next': (number);
}
