// Original file: protos/billing.proto

import type { Long } from '@grpc/proto-loader';

/**
 * One entry of the ledger with its journal and its account. A text that does not apply is empty.
 */
export interface LedgerEntry {
  'entryId'?: (number | string | Long);
  /**
   * Debit is positive.
   */
  'amountCents'?: (number | string | Long);
  'journalId'?: (string);
  'journalKind'?: (string);
  'batchId'?: (string);
  'effectiveDate'?: (string);
  'recordedAt'?: (string);
  'recordedBy'?: (string);
  'correctsJournalId'?: (string);
  'accountId'?: (string);
  'accountKind'?: (string);
  'receiptId'?: (string);
  'chargeId'?: (string);
  /**
   * Whose share of a charge; empty: the patient's.
   */
  'payerId'?: (string);
  'code'?: (string);
  'system'?: (string);
}

/**
 * One entry of the ledger with its journal and its account. A text that does not apply is empty.
 */
export interface LedgerEntry__Output {
  'entryId': (number);
  /**
   * Debit is positive.
   */
  'amountCents': (number);
  'journalId': (string);
  'journalKind': (string);
  'batchId': (string);
  'effectiveDate': (string);
  'recordedAt': (string);
  'recordedBy': (string);
  'correctsJournalId': (string);
  'accountId': (string);
  'accountKind': (string);
  'receiptId': (string);
  'chargeId': (string);
  /**
   * Whose share of a charge; empty: the patient's.
   */
  'payerId': (string);
  'code': (string);
  'system': (string);
}
