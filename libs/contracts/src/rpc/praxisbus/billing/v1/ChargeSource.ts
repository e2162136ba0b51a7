// Original file: protos/billing.proto

import type { Long } from '@grpc/proto-loader';

export interface ChargeSource {
  'chargeId'?: (string);
  'lineId'?: (string);
  /**
   * session, encounter or biller.
   */
  'lineSource'?: (string);
  'code'?: (string);
  'description'?: (string);
  'units'?: (number);
  'modifiers'?: (string)[];
  /**
   * Gross.
   */
  'amountCents'?: (number | string | Long);
  'discountCents'?: (number | string | Long);
  'payerId'?: (string);
  'serviceDate'?: (string);
  'postedAt'?: (string);
  'billingEncounterId'?: (string);
  'patientId'?: (string);
  'appointmentId'?: (string);
  'sessionCompletedAt'?: (string);
  'encounterId'?: (string);
  /**
   * 0: the EHR released none.
   */
  'encounterNumber'?: (number);
  'releasedAt'?: (string);
  /**
   * Of the note that had come when the charge posted, or of the first that came after. 0: none, or the EHR did not say.
   */
  'noteVersion'?: (number);
}

export interface ChargeSource__Output {
  'chargeId': (string);
  'lineId': (string);
  /**
   * session, encounter or biller.
   */
  'lineSource': (string);
  'code': (string);
  'description': (string);
  'units': (number);
  'modifiers': (string)[];
  /**
   * Gross.
   */
  'amountCents': (number);
  'discountCents': (number);
  'payerId': (string);
  'serviceDate': (string);
  'postedAt': (string);
  'billingEncounterId': (string);
  'patientId': (string);
  'appointmentId': (string);
  'sessionCompletedAt': (string);
  'encounterId': (string);
  /**
   * 0: the EHR released none.
   */
  'encounterNumber': (number);
  'releasedAt': (string);
  /**
   * Of the note that had come when the charge posted, or of the first that came after. 0: none, or the EHR did not say.
   */
  'noteVersion': (number);
}
