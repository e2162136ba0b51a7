import { randomBytes } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { openSeal, SealBroken, sealingKeys } from './seal.ts'

const [old, fresh] = [randomBytes(32), randomBytes(32)] as const

test('S-19 a secret is sealed for one row: it opens there, and nowhere else', () => {
  const { seal, open } = openSeal([old])
  const sealed = seal('1//refresh', 'row 1')
  expect(sealed).not.toContain('refresh')
  expect(seal('1//refresh', 'row 1')).not.toBe(sealed)
  expect(open(sealed, 'row 1')).toBe('1//refresh')
  expect(() => open(sealed, 'row 2')).toThrow(SealBroken)
})

test('S-19 a sealed text that was changed, or whose key is gone, does not open', () => {
  const sealed = openSeal([old]).seal('secret', 'row')
  const parts = sealed.split('.')
  for (const at of [2, 3, 4]) {
    const changed = parts.map((part, index) =>
      index === at ? Buffer.from(part, 'base64url').map((byte, place) => (place ? byte : byte ^ 1)) : part,
    )
    const text = changed.map((part) =>
      typeof part === 'string' ? part : Buffer.from(part).toString('base64url'),
    )
    expect(() => openSeal([old]).open(text.join('.'), 'row')).toThrow(SealBroken)
  }
  // A short tag would be guessed soon.
  const short = [...parts.slice(0, 3), parts[3]!.slice(0, 6), parts[4]].join('.')
  expect(() => openSeal([old]).open(short, 'row')).toThrow(SealBroken)
  expect(() => openSeal([fresh]).open(sealed, 'row')).toThrow(SealBroken)
})

test('S-19 a key is changed by putting the new one before the old one', () => {
  const sealed = openSeal([old]).seal('secret', 'row')
  const both = openSeal([fresh, old])
  expect(both.open(sealed, 'row')).toBe('secret')
  expect(openSeal([fresh]).open(both.seal('secret', 'row'), 'row')).toBe('secret')
})

test('S-19 keys of another length than 32 bytes are refused', () => {
  expect(sealingKeys.parse(`${old.toString('base64')}, ${fresh.toString('base64')}`)).toEqual([old, fresh])
  expect(sealingKeys.safeParse('c2hvcnQ=').success).toBe(false)
})
