import { describe, expect, test } from '@jest/globals'
import { modifiersFor } from './modifiers.ts'

describe('modifiers of the primary service', () => {
  test.each([
    [[], '11', [], []],
    [[], null, [], []],
    [[], '02', ['95'], ['95']],
    [['HO'], '10', ['HO', '95'], ['95']],
    [['95', 'HO'], '10', ['95', 'HO'], []],
    [['HO', 'GT', '59', 'U1'], '11', ['HO', 'GT', '59', 'U1'], []],
    [['HO', '95', '59', 'U1'], '02', ['HO', '95', '59', 'U1'], []],
  ])('S-04 typed %j at place of service %s gives %j, automatic %j', (typed, place, all, automatic) => {
    expect(modifiersFor(typed, place)).toEqual({ all, automatic })
  })

  test('S-04 refuses a fifth', () => {
    expect(modifiersFor(['HO', 'GT', '59', 'U1'], '10')).toMatchObject({
      refused: 'too_many_modifiers',
      field: 'modifiers',
    })
  })
})
