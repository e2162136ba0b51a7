// Original file: protos/billing.proto

import type { ExplainedAccount as _praxisbus_billing_v1_ExplainedAccount, ExplainedAccount__Output as _praxisbus_billing_v1_ExplainedAccount__Output } from '../../../praxisbus/billing/v1/ExplainedAccount.ts';
import type { ExplainedEntry as _praxisbus_billing_v1_ExplainedEntry, ExplainedEntry__Output as _praxisbus_billing_v1_ExplainedEntry__Output } from '../../../praxisbus/billing/v1/ExplainedEntry.ts';
import type { ReceiptSource as _praxisbus_billing_v1_ReceiptSource, ReceiptSource__Output as _praxisbus_billing_v1_ReceiptSource__Output } from '../../../praxisbus/billing/v1/ReceiptSource.ts';
import type { ChargeSource as _praxisbus_billing_v1_ChargeSource, ChargeSource__Output as _praxisbus_billing_v1_ChargeSource__Output } from '../../../praxisbus/billing/v1/ChargeSource.ts';
import type { Long } from '@grpc/proto-loader';

export interface BalanceExplanation {
  'of'?: (string);
  'id'?: (string);
  'effectiveThrough'?: (string);
  'recordedThrough'?: (string);
  'accounts'?: (_praxisbus_billing_v1_ExplainedAccount)[];
  'entries'?: (_praxisbus_billing_v1_ExplainedEntry)[];
  /**
   * 0: there are no more.
   */
  'next'?: (number | string | Long);
  /**
   * What the entries, and those against them, go back to.
   */
  'receipts'?: (_praxisbus_billing_v1_ReceiptSource)[];
  'charges'?: (_praxisbus_billing_v1_ChargeSource)[];
}

export interface BalanceExplanation__Output {
  'of': (string);
  'id': (string);
  'effectiveThrough': (string);
  'recordedThrough': (string);
  'accounts': (_praxisbus_billing_v1_ExplainedAccount__Output)[];
  'entries': (_praxisbus_billing_v1_ExplainedEntry__Output)[];
  /**
   * 0: there are no more.
   */
  'next': (number);
  /**
   * What the entries, and those against them, go back to.
   */
  'receipts': (_praxisbus_billing_v1_ReceiptSource__Output)[];
  'charges': (_praxisbus_billing_v1_ChargeSource__Output)[];
}
