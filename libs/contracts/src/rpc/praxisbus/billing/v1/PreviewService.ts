// Original file: protos/billing.proto


export interface PreviewService {
  'serviceId'?: (string);
  'units'?: (number);
  'modifiers'?: (string)[];
}

export interface PreviewService__Output {
  'serviceId': (string);
  'units': (number);
  'modifiers': (string)[];
}
