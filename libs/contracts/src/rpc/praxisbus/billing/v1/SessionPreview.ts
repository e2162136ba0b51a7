// Original file: protos/billing.proto

import type { PreviewLine as _praxisbus_billing_v1_PreviewLine, PreviewLine__Output as _praxisbus_billing_v1_PreviewLine__Output } from '../../../praxisbus/billing/v1/PreviewLine.ts';
import type { Long } from '@grpc/proto-loader';

export interface SessionPreview {
  'lines'?: (_praxisbus_billing_v1_PreviewLine)[];
  'totalCents'?: (number | string | Long);
  /**
   * Escrow of receipts taken for this visit, for instance a copay at check-in.
   */
  'escrowCents'?: (number | string | Long);
  /**
   * true: the practice is connected to its payment partner, so payment type online may be offered.
   */
  'onlinePayment'?: (boolean);
}

export interface SessionPreview__Output {
  'lines': (_praxisbus_billing_v1_PreviewLine__Output)[];
  'totalCents': (number);
  /**
   * Escrow of receipts taken for this visit, for instance a copay at check-in.
   */
  'escrowCents': (number);
  /**
   * true: the practice is connected to its payment partner, so payment type online may be offered.
   */
  'onlinePayment': (boolean);
}
