import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { isReason, isRetiredReason, reasons } from './adjustment-codes.ts'

/** Reason codes as others list them, of 2012 and of today; they stay outside of the repository. */
const codes = new URL('../../../../../shared/material/open/codes/', import.meta.url)
const ifThere = existsSync(codes) ? test : test.skip
const note = existsSync(codes) ? '' : ' (skipped: the outside material is not there)'
const listed = (file: string) => JSON.parse(readFileSync(new URL(file, codes), 'utf8'))

ifThere(`B-15 every reason that others list can be posted${note}`, () => {
  const current = Object.keys(listed('carc-ottehr.json'))
  const older = Object.keys(listed('x12-code-lists-librehealth-2012.json').CODE_CLAIM_ADJUSTMENT)
  expect(current.length).toBeGreaterThan(200)
  expect(older.length).toBeGreaterThan(200)
  expect([...current, ...older].filter((code) => !isReason(code))).toEqual([])
})

test('B-15 what is no reason is refused, and one that payers no longer send is told apart', () => {
  for (const code of ['0', '01', '45A', 'a1', 'P0', 'Z1', '', '999']) expect(isReason(code)).toBe(false)
  expect(isReason('45')).toBe(true)
  expect([isRetiredReason('45'), isRetiredReason('42')]).toEqual([false, true])
  expect(reasons().filter(({ reason }) => !isReason(reason))).toEqual([])
})
