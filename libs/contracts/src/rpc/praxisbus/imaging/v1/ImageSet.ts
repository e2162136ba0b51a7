// Original file: protos/imaging.proto

import type { Image as _praxisbus_imaging_v1_Image, Image__Output as _praxisbus_imaging_v1_Image__Output } from '../../../praxisbus/imaging/v1/Image.ts';

export interface ImageSet {
  'imageSetId'?: (string);
  'images'?: (_praxisbus_imaging_v1_Image)[];
}

export interface ImageSet__Output {
  'imageSetId': (string);
  'images': (_praxisbus_imaging_v1_Image__Output)[];
}
