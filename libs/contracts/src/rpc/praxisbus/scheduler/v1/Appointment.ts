// Original file: protos/scheduler.proto

import type { Long } from '@grpc/proto-loader';

export interface Appointment {
  'appointmentId'?: (string);
  'patientId'?: (string);
  'practitionerId'?: (string);
  'locationId'?: (string);
  'roomId'?: (string);
  /**
   * Wall-clock, YYYY-MM-DDTHH:MM, in time_zone.
   */
  'start'?: (string);
  'end'?: (string);
  'timeZone'?: (string);
  /**
   * UTC, ISO 8601.
   */
  'startsAt'?: (string);
  'endsAt'?: (string);
  /**
   * scheduled, checked-in, completed, cancelled or deleted.
   */
  'status'?: (string);
  'version'?: (number | string | Long);
}

export interface Appointment__Output {
  'appointmentId': (string);
  'patientId': (string);
  'practitionerId': (string);
  'locationId': (string);
  'roomId': (string);
  /**
   * Wall-clock, YYYY-MM-DDTHH:MM, in time_zone.
   */
  'start': (string);
  'end': (string);
  'timeZone': (string);
  /**
   * UTC, ISO 8601.
   */
  'startsAt': (string);
  'endsAt': (string);
  /**
   * scheduled, checked-in, completed, cancelled or deleted.
   */
  'status': (string);
  'version': (number);
}
