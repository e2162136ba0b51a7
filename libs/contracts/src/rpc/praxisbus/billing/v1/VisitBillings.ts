// Original file: protos/billing.proto

import type { VisitBilling as _praxisbus_billing_v1_VisitBilling, VisitBilling__Output as _praxisbus_billing_v1_VisitBilling__Output } from '../../../praxisbus/billing/v1/VisitBilling.ts';

export interface VisitBillings {
  'visits'?: (_praxisbus_billing_v1_VisitBilling)[];
}

export interface VisitBillings__Output {
  'visits': (_praxisbus_billing_v1_VisitBilling__Output)[];
}
