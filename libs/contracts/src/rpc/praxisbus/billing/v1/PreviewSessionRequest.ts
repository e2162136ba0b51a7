// Original file: protos/billing.proto

import type { PreviewService as _praxisbus_billing_v1_PreviewService, PreviewService__Output as _praxisbus_billing_v1_PreviewService__Output } from '../../../praxisbus/billing/v1/PreviewService.ts';

export interface PreviewSessionRequest {
  'appointmentId'?: (string);
  'services'?: (_praxisbus_billing_v1_PreviewService)[];
}

export interface PreviewSessionRequest__Output {
  'appointmentId': (string);
  'services': (_praxisbus_billing_v1_PreviewService__Output)[];
}
