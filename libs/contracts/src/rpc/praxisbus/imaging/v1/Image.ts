// Original file: protos/imaging.proto


export interface Image {
  'imageId'?: (string);
  'sha256'?: (string);
  'widthPx'?: (number);
  'heightPx'?: (number);
}

export interface Image__Output {
  'imageId': (string);
  'sha256': (string);
  'widthPx': (number);
  'heightPx': (number);
}
