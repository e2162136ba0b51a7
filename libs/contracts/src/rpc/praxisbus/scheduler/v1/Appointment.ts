// Original file: protos/scheduler.proto

import type { Long } from '@grpc/proto-loader';

export interface Appointment {
  'appointmentId'?: (string);
  /**
   * Empty: an event without a patient.
   */
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
   * pending, scheduled, checked-in, completed, cancelled, declined or deleted.
   */
  'status'?: (string);
  'version'?: (number | string | Long);
  /**
   * client-session, client-contact, collateral-contact or other-event.
   */
  'kind'?: (string);
}

export interface Appointment__Output {
  'appointmentId': (string);
  /**
   * Empty: an event without a patient.
   */
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
   * pending, scheduled, checked-in, completed, cancelled, declined or deleted.
   */
  'status': (string);
  'version': (number);
  /**
   * client-session, client-contact, collateral-contact or other-event.
   */
  'kind': (string);
}
