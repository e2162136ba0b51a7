// Original file: protos/billing.proto

import type { LedgerEntry as _praxisbus_billing_v1_LedgerEntry, LedgerEntry__Output as _praxisbus_billing_v1_LedgerEntry__Output } from '../../../praxisbus/billing/v1/LedgerEntry.ts';
import type { OpposedEntry as _praxisbus_billing_v1_OpposedEntry, OpposedEntry__Output as _praxisbus_billing_v1_OpposedEntry__Output } from '../../../praxisbus/billing/v1/OpposedEntry.ts';

export interface ExplainedEntry {
  'entry'?: (_praxisbus_billing_v1_LedgerEntry | null);
  'batchName'?: (string);
  /**
   * The journal that takes this one back, as of the two dates; empty: none.
   */
  'correctedByJournalId'?: (string);
  'paymentId'?: (string);
  'disbursementId'?: (string);
  'refundId'?: (string);
  /**
   * The other entries of its journal.
   */
  'against'?: (_praxisbus_billing_v1_OpposedEntry)[];
}

export interface ExplainedEntry__Output {
  'entry': (_praxisbus_billing_v1_LedgerEntry__Output | null);
  'batchName': (string);
  /**
   * The journal that takes this one back, as of the two dates; empty: none.
   */
  'correctedByJournalId': (string);
  'paymentId': (string);
  'disbursementId': (string);
  'refundId': (string);
  /**
   * The other entries of its journal.
   */
  'against': (_praxisbus_billing_v1_OpposedEntry__Output)[];
}
