import { expect, test } from '@jest/globals'
import { isNpi } from './npi.ts'

test.each([
  ['1234567893', true],
  ['1245319599', true],
  ['1234567890', false],
  ['1234567839', false],
  ['3234567893', false],
  ['123456789', false],
  ['12345678931', false],
  ['123456789X', false],
  ['', false],
])('B-01 %s is an NPI: %s', (text, valid) => expect(isNpi(text)).toBe(valid))
