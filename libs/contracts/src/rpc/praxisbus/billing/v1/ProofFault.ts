// Original file: protos/billing.proto

import type { Long } from '@grpc/proto-loader';

export interface ProofFault {
  /**
   * journal, receipt or account.
   */
  'where'?: (string);
  'id'?: (string);
  /**
   * unbalanced, entries-missing, other-date, equation, amount or balance.
   */
  'what'?: (string);
  'offCents'?: (number | string | Long);
}

export interface ProofFault__Output {
  /**
   * journal, receipt or account.
   */
  'where': (string);
  'id': (string);
  /**
   * unbalanced, entries-missing, other-date, equation, amount or balance.
   */
  'what': (string);
  'offCents': (number);
}
