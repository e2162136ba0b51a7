// Original file: protos/scheduler.proto

import type { Long } from '@grpc/proto-loader';

export interface Patient {
  'patientId'?: (string);
  'name'?: (string);
  /**
   * YYYY-MM-DD, or empty.
   */
  'birthDate'?: (string);
  'email'?: (string);
  'phone'?: (string);
  'version'?: (number | string | Long);
}

export interface Patient__Output {
  'patientId': (string);
  'name': (string);
  /**
   * YYYY-MM-DD, or empty.
   */
  'birthDate': (string);
  'email': (string);
  'phone': (string);
  'version': (number);
}
