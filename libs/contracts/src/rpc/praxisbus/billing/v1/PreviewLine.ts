// Original file: protos/billing.proto

import type { Long } from '@grpc/proto-loader';

export interface PreviewLine {
  'serviceId'?: (string);
  'code'?: (string);
  'description'?: (string);
  'units'?: (number);
  'unitAmountCents'?: (number | string | Long);
  /**
   * false: the service has no amount yet; the reviewer must enter one.
   */
  'priced'?: (boolean);
  'modifiers'?: (string)[];
}

export interface PreviewLine__Output {
  'serviceId': (string);
  'code': (string);
  'description': (string);
  'units': (number);
  'unitAmountCents': (number);
  /**
   * false: the service has no amount yet; the reviewer must enter one.
   */
  'priced': (boolean);
  'modifiers': (string)[];
}
